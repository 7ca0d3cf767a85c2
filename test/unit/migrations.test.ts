import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { faultsOfMigration } from '../../scripts/lint-migrations.ts'
import { buildsIndexesAlone, readMigrations } from '../../server/store/migrate.ts'
import { indexStatements, withoutConcurrently } from '../../server/store/migrate-indexes.ts'

const outside = '-- outside a transaction\n'

test.each([
  ['a table with its index', 'create table t (id text primary key); create index t_by_id on t (id);'],
  ['a nullable column', 'alter table orders add column note text;'],
  ['a column with a constant default', "alter table orders add column note text not null default '';"],
  ['two columns at once', 'alter table orders add column a int check (a in (1, 2)), add column b int;'],
  [
    'a wider check in place of a narrower one',
    "alter table history drop constraint c; alter table history add constraint c check (s in ('a', 'b')) not valid;",
  ],
  [
    'an index that is built while others write',
    `${outside}create index concurrently i on orders (account_id);`,
  ],
])('a migration may add %s', (_what, text) => {
  expect(faultsOfMigration(text)).toEqual([])
})

test.each([
  ['drops a column', 'alter table orders drop column goods_type;'],
  ['drops a table', 'drop table stock_changes;'],
  ['drops an index', 'drop index surplus_payments;'],
  ['renames a column', 'alter table payments rename column handle to opener;'],
  ['changes a type', 'alter table payments alter column amount_fen type numeric;'],
  ['sets NOT NULL', 'alter table payments alter column handle set not null;'],
  ['adds a column that must be written', 'alter table orders add column note text not null;'],
  [
    'adds a default that differs from row to row',
    'alter table orders add column k text default gen_random_uuid()::text;',
  ],
  ['narrows a check', 'alter table orders add constraint c check (total_fen > 1);'],
  ['drops a check for good', 'alter table orders drop constraint closed_has_its_moment;'],
  ['builds an index that blocks writers', 'create index i on orders (account_id);'],
  [
    'builds an index concurrently inside a transaction',
    'create index concurrently i on orders (account_id);',
  ],
  ['rewrites rows', "update orders set goods_type = '00';"],
  [
    'mixes an index with something else',
    `${outside}create index concurrently i on orders (a); alter table orders add b int;`,
  ],
])('a migration that %s is refused', (_what, text) => {
  expect(faultsOfMigration(text)).not.toEqual([])
})

test('every index of a file outside a transaction can also be built in one, for tables that are empty', async () => {
  for (const { name, text } of await readMigrations()) {
    if (!buildsIndexesAlone(text)) continue
    expect([name, ...indexStatements(text)].length).toBeGreaterThan(1)
    expect(withoutConcurrently(text).replaceAll(/^--.*$/gm, '')).not.toContain('concurrently')
  }
})

test('the deployment page says that nothing has to be stopped for an upgrade', () => {
  const page = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8')
  expect(page).toContain('不停机升级')
  expect(page).not.toContain('先全部停下')
})
