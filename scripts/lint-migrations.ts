// Refuses a migration that the version before cannot live with: it serves while the migration runs, and afterwards.
// `npm run check` runs it; docs/decisions/0024-old-and-new-side-by-side.md says why.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './data-folder.ts'

/** Migrations up to this one were run while everything was stopped. */
const LAST_WITH_A_STOP = '0015'
const OUTSIDE_A_TRANSACTION = '-- outside a transaction\n'
const NEW_INDEX_ALONE =
  'build it with "create index concurrently", in a file that begins with "-- outside a transaction"'

/** What is wrong with a migration: each statement with what to write instead. `text` is the whole SQL file. */
export function faultsOfMigration(text: string): string[] {
  const statements = statementsOf(text)
  const isOutside = text.startsWith(OUTSIDE_A_TRANSACTION)
  const newTables = new Set(statements.flatMap((one) => /^create table (\w+)/.exec(one)?.[1] ?? []))
  return statements.flatMap((statement) => {
    const fault = isOutside
      ? faultOutside(statement)
      : faultInside(statement, newTables, statements.join(';\n'))
    return fault ? [`${statement.slice(0, 80)}: ${fault}`] : []
  })
}

/** Lower case, one space between words, without comments and without the bodies of functions. */
const statementsOf = (text: string): string[] =>
  text
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\$\$.*?\$\$/gs, '$$$$')
    .split(';')
    .map((statement) => statement.trim().toLowerCase().replaceAll(/\s+/g, ' '))
    .filter((statement) => statement !== '')

function faultOutside(statement: string): string | null {
  if (/^create (unique )?index concurrently \w+ on \w+ /.test(statement)) return null
  return 'outside a transaction only "create index concurrently NAME on TABLE …"; the rest into a file of its own'
}

function faultInside(statement: string, newTables: ReadonlySet<string>, all: string): string | null {
  if (statement.startsWith('create table ') || statement.startsWith('create function ')) return null
  // It refuses what no version does: an append-only table is never updated.
  if (/^create trigger append_only\w* before (update|delete)/.test(statement)) return null
  // It refuses what no version does: each closes an order by its version, which every new attempt raises.
  if (statement.startsWith('create trigger refuse_open_attempt before update of state on orders '))
    return null
  // It refuses what no version does: each ends a request by compare-and-set on its version, out of "open" alone.
  if (statement.startsWith('create trigger refuse_second_end before update of state on refund_requests '))
    return null
  const indexed = /^create (?:unique )?index (concurrently )?\w+ on (\w+)/.exec(statement)
  if (indexed) return !indexed[1] && newTables.has(indexed[2]!) ? null : NEW_INDEX_ALONE
  const altered = /^alter table (\w+) (.*)$/.exec(statement)
  if (altered) {
    const [, table, actions] = altered
    if (newTables.has(table!)) return null
    return (
      actionsOf(actions!)
        .map((action) => faultOfAction(action, all))
        .find((fault) => fault !== null) ?? null
    )
  }
  const written = /^(?:insert into|update|delete from) (\w+)/.exec(statement)
  if (written)
    return newTables.has(written[1]!)
      ? null
      : 'rows that the version before reads and writes are changed in batches by code, not by a migration'
  return 'the version before serves on: only add tables, columns and indexes, and drop in a later release'
}

/** Splits at commas outside brackets and quotes: the actions of one ALTER TABLE. */
function actionsOf(text: string): string[] {
  const actions = ['']
  let depth = 0
  let isQuoted = false
  for (const letter of text) {
    if (letter === "'") isQuoted = !isQuoted
    if (!isQuoted && letter === '(') depth += 1
    if (!isQuoted && letter === ')') depth -= 1
    if (letter === ',' && depth === 0 && !isQuoted) actions.push('')
    else actions[actions.length - 1] += letter
  }
  return actions.map((action) => action.trim())
}

function faultOfAction(action: string, all: string): string | null {
  if (action.startsWith('add column ')) return faultOfColumn(action)
  if (/^add (constraint \w+ )?(check|foreign key)/.test(action))
    return action.endsWith(' not valid')
      ? null
      : 'add it "not valid": the check of every row would hold the table locked'
  const dropped = /^drop constraint (\w+)$/.exec(action)?.[1]
  if (dropped)
    return new RegExp(`add constraint ${dropped} check .* not valid`).test(all)
      ? null
      : 'a constraint is dropped only to be replaced by a wider one of the same name, in the same file, "not valid"'
  return 'the version before serves on: only add, and drop or rename in a later release'
}

function faultOfColumn(action: string): string | null {
  const hasDefault = / default /.test(action)
  if (/ not null/.test(action) && !hasDefault)
    return 'the version before writes rows without it: make it nullable, or give it a constant default'
  if (hasDefault && / default [^,]*(random|clock_timestamp|nextval|gen_)/.test(action))
    return 'a default that differs from row to row rewrites the table: add it nullable, and write it from code'
  if (/ (references|unique|primary key)\b/.test(action))
    return 'add the column alone: the key or index would hold the table locked'
  return null
}

function lint(): number {
  const folder = join(repository, 'server/store/migrations')
  const files = readdirSync(folder).filter((name) => name.slice(0, 4) > LAST_WITH_A_STOP)
  const faults = files.flatMap((name) =>
    faultsOfMigration(readFileSync(join(folder, name), 'utf8')).map((fault) => `${name}: ${fault}`),
  )
  for (const fault of faults) console.log(fault)
  return faults.length
}

if (import.meta.main) process.exitCode = lint() > 0 ? 1 : 0
