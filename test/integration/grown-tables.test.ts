import { createQueryId, sql, type RootOperationNode } from 'kysely'
import { expect, test } from 'vitest'
import type { OrderPage } from '../../contract/order.ts'
import { startCleaningUp } from '../../server/jobs/clean-up.ts'
import { forgetIdleBrowsers, type PruneBatch } from '../../server/store/prune.ts'
import { claimChore } from '../../server/store/chores.ts'
import { writeCursor } from '../../server/shared/cursor.ts'
import { transact, type Database } from '../../server/store/database.ts'
import { countOrders, pageOfOrders } from '../../server/store/order-lists.ts'
import { expectOk } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { until } from '../support/until.ts'

const stage = moneyStage({ server: { isHandWound: true } })
const services = () => stage.shop.server.services

/** The plan of a statement: nodes and the rows that each one threw away. */
async function plan(statement: string, parameters: unknown[] = []): Promise<string> {
  const rows = (await stage.books.rows(
    `explain (analyze, buffers off, timing off) ${statement}`,
    parameters,
  )) as object[]
  return rows.map((row) => Object.values(row)[0]).join('\n')
}

test('the list of a state that an account hardly has reads the orders of that state alone', async () => {
  const { id: orderId } = await stage.alice.order()
  await stage.books.rows(
    `insert into orders
     select row.* from generate_series(1, 20000) as n, orders, jsonb_populate_record(orders, jsonb_build_object(
       'order_id', lpad(n::text, 13, '0'), 'state', 'closed', 'closed_at', now(),
       'created_at', now() - n * interval '1 second')) as row
     where orders.order_id = $1`,
    [orderId],
  )
  await stage.books.rows('analyze orders')
  const [row] = (await stage.books.rows('select account_id from orders where order_id = $1', [orderId])) as {
    account_id: string
  }[]
  const text = await plan(
    `select * from orders where account_id = '${row!.account_id}' and state = 'paid'
     order by created_at desc, order_id desc limit 11`,
  )
  expect(text).toContain('orders_by_account_and_state')
  expect(text).not.toMatch(/Rows Removed by Filter|Sort/)
})

test('the refunds of an account are looked for in its newest 1,000 orders, by index, and counted up to 100', async () => {
  const list = (query = '') => expectOk(stage.alice.get<OrderPage>(`/orders${query}`))
  await stage.books.rows(
    `insert into refund_requests select order_id, gen_random_uuid()::text, '不想要了', 'declined', 2, now()
     from orders where order_id like '00000000%' and order_id <> '0000000000999'`,
  )
  await stage.books.rows('analyze refund_requests')
  const first = await list('?state=refund')
  expect(first.counts).toEqual({ pending: 1, paid: 0, closed: 100, refund: 100 })
  expect(first.orders.map(({ id }) => Number(id))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  const [row] = (await stage.books.rows(
    `select account_id, created_at from orders where order_id = '0000000000997'`,
  )) as { account_id: string; created_at: Date }[]
  const last = await list(`?state=refund&cursor=${writeCursor(row!.created_at, '0000000000997')}`)
  expect(last.orders.map(({ id }) => Number(id))).toEqual([998])
  expect(last.nextCursor).toBeNull()
  const accountId = row!.account_id
  const plans = await plansOf(async (db) => {
    await pageOfOrders(db, { accountId, filter: 'refund', count: 11 })
    await countOrders(db, accountId)
  })
  expect(plans).toHaveLength(2)
  for (const text of plans) {
    expect(text).toContain('refund_requests_pkey')
    expect(text).not.toMatch(/Seq Scan on refund|Hash/)
  }
})

/** The plans of the statements that `run` sends. */
async function plansOf(run: (db: Database) => Promise<void>): Promise<string[]> {
  const { db } = services()
  const nodes: RootOperationNode[] = []
  await run(
    db.withPlugin({
      transformQuery: ({ node }) => (nodes.push(node), node),
      transformResult: ({ result }) => Promise.resolve(result),
    }),
  )
  return Promise.all(
    nodes.map((node) => {
      const { sql: statement, parameters } = db.getExecutor().compileQuery(node, createQueryId())
      return plan(statement, [...parameters])
    }),
  )
}

test('idle browsers are looked through 500 at a time, and those of customers are walked past', async () => {
  await stage.books.rows(
    `with made as (
       insert into accounts select 'grown-' || n, now() - interval '30 days' from generate_series(1, 1200) as n returning id)
     insert into sessions
     select decode(md5(id), 'hex'), 'web', '03', null, null, id, false, now() - interval '30 days', now() + interval '300 days'
     from made`,
  )
  const before = new Date(Date.now() - 7 * 24 * 3_600_000)
  const batches: PruneBatch[] = []
  do {
    const place = batches.at(-1)?.place ?? null
    batches.push(await transact(services().db, (writer) => forgetIdleBrowsers(writer, before, place)))
  } while (batches.at(-1)!.isMoreLeft)
  expect(batches).toHaveLength(3)
  expect(await stage.books.rows(`select from accounts where id like 'grown-%'`)).toHaveLength(0)
})

test('a chore is one server’s at a time, and due again when its lease ends', async () => {
  const { db } = services()
  const claims = await Promise.all(Array.from({ length: 8 }, () => claimChore(db, 'a-chore', 60_000)))
  expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
  await sql`update chores set due_at = now() where name = 'a-chore'`.execute(db)
  expect(await claimChore(db, 'a-chore', 60_000)).toEqual({ place: null })
})

test('cleaning up goes on by itself, apart from the sweep', async () => {
  const rounds = startCleaningUp(services())
  await until(async () => (await stage.books.rows('select from chores where place is null')).length > 5)
  await rounds.stop()
})
