import { sql } from 'kysely'
import { expect } from 'vitest'
import type { Shop } from './shop.ts'

/** Every table of ours. `history` grows with each step of an order or a payment, so that no change goes unseen. */
const TABLES = [
  'products',
  'stock_changes',
  'accounts',
  'identities',
  'unions',
  'sessions',
  'web_view_tickets',
  'oauth_states',
  'bind_codes',
  'join_offers',
  'account_history',
  'orders',
  'order_lines',
  'order_requests',
  'payments',
  'history',
  'notifications',
  'anomalies',
] as const

/** What the sweep may touch at any moment without anything having happened. */
const SWEPT = sql`array['next_check_at', 'asked_at', 'unpaid_since', 'unpaid_at']`

/** A fingerprint of every table: "rows:digest". Two that are equal: nothing was written in between. */
export async function fingerprint(shop: Shop): Promise<Record<string, string>> {
  const parts = TABLES.map(
    (name) => sql`select ${name}::text as name, count(*) || ':' ||
      coalesce(md5(string_agg((to_jsonb(t) - ${SWEPT}::text[])::text, ',' order by to_jsonb(t)::text)), '') as print
      from ${sql.table(name)} t`,
  )
  const { rows } = await sql<{ name: string; print: string }>`${sql.join(parts, sql` union all `)}`.execute(
    shop.server.services.db,
  )
  return Object.fromEntries(rows.map(({ name, print }) => [name, print]))
}

/** Expects that this writes nothing, in no table. */
export async function expectNoTrace(shop: Shop, act: () => Promise<unknown>): Promise<void> {
  const before = await fingerprint(shop)
  await act()
  expect(await fingerprint(shop)).toEqual(before)
}

/** Rows of one table, as the database has them. */
export async function rowsOf<Row = Record<string, unknown>>(
  shop: Shop,
  table: (typeof TABLES)[number],
): Promise<Row[]> {
  const { rows } = await sql<Row>`select * from ${sql.table(table)}`.execute(shop.server.services.db)
  return rows
}
