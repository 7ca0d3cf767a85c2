import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { OperatorAccount } from '../../contract/account.ts'
import type { BindCode, Binding, Me } from '../../contract/session.ts'
import { mergeAccounts } from '../../server/store/accounts.ts'
import { callApi, joinAccounts, signIn, statusesOf, type ApiClient } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { until } from '../support/until.ts'
import { visit } from '../support/visitor.ts'

const stage = moneyStage({ behindProxy: true })

const show = async (who: ApiClient) => (await who.post<BindCode>('/bind-codes')).body.code
const stranger = (id: string, kind?: 'official-account') =>
  stage.shop.sandbox.addUser(id).then((user) => signIn(stage.shop, user, kind))
const orderIds = async (who: ApiClient) =>
  (await who.get<{ orders: { id: string }[] }>('/orders')).body.orders.map(({ id }) => id)
const accountOf = async (orderId: string) =>
  (await stage.lin.get<OperatorAccount>(`/orders/${orderId}/account`)).body.accountId

/** Resolves when so many statements of this database wait for a lock. */
const locksAreWaitedFor = (count: number) =>
  until(async () => {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(stage.shop.server.services.db)
    return rows.length >= count
  })

/** Joins one account to another; `act` runs when both are locked and nothing has moved yet. */
async function whileJoined<T>(from: string, into: string, act: () => Promise<T>): Promise<T> {
  let acting: Promise<T> | undefined
  await stage.shop.server.services.db.transaction().execute(async (writer) => {
    await writer.selectFrom('accounts').select('id').where('id', 'in', [from, into]).forUpdate().execute()
    acting = act()
    await locksAreWaitedFor(1)
    await mergeAccounts(writer, from, into, { by: 'bind-code', at: new Date() })
  })
  return acting!
}

test('an account that types in several codes at once asks with one of them', async () => {
  const asker = await visit(stage.shop, '04', '198.51.100.41')
  const owners = [await stranger('several-1'), await stranger('several-2'), await stranger('several-3')]
  const codes = await Promise.all(owners.map(show))
  const answers = await Promise.all(codes.map((code) => asker.post<Binding>('/bindings', { code })))
  expect(statusesOf(answers)).toEqual([200, 200, 200])
  const rows = await stage.books.rows(`select from join_offers where asked_by is not null`)
  expect(rows).toHaveLength(1)
})

describe('a browser whose account is joined to another at the same moment', () => {
  const joined = async (ip: string) => {
    const [desk, phone] = [await visit(stage.shop, '04', ip), await visit(stage.shop, '03', ip)]
    const [ofDesk, ofPhone] = [await desk.order('tea-puer'), await phone.order('tea-puer')]
    const [from, into] = [await accountOf(ofDesk.id), await accountOf(ofPhone.id)]
    return { desk, ofDesk, ofPhone, whileJoined: <T>(act: () => Promise<T>) => whileJoined(from, into, act) }
  }

  test('becomes one of a shared computer, with the orders of both', async () => {
    const { desk, ofDesk, ofPhone, whileJoined } = await joined('198.51.100.42')
    const answer = await whileJoined(() => desk.post<Me>('/browser-sessions', { isShared: true }))
    expect(answer).toMatchObject({ status: 200, body: { isShared: true } })
    const cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!
    const orders = await callApi<{ orders: { id: string }[] }>(stage.shop, 'GET', '/api/04/orders', {
      headers: { cookie },
    })
    expect(orders.body.orders.map(({ id }) => id).toSorted()).toEqual([ofDesk.id, ofPhone.id].toSorted())
  })

  test('asks with the account that is left', async () => {
    const { desk, whileJoined } = await joined('198.51.100.43')
    const code = await show(await stranger('asked-meanwhile'))
    const answer = await whileJoined(() => desk.post<Binding>('/bindings', { code }))
    expect(answer).toMatchObject({ status: 200, body: { join: { state: 'waiting' } } })
  })
})

test('who signs in while their part is split off is signed in to that part alone', async () => {
  const [stays, leaves] = [await stranger('stays'), await stranger('leaves', 'official-account')]
  const [ofStays, ofLeaves] = [await stays.order(), await leaves.order()]
  const part = await accountOf(ofLeaves.id)
  await joinAccounts(stays, leaves)
  const account = await accountOf(ofStays.id)
  const { db } = stage.shop.server.services
  let splitting: ReturnType<typeof stage.lin.post> | undefined
  let signing: ReturnType<typeof signIn> | undefined
  // The split has moved openid and sessions, and waits for an order.
  await db.transaction().execute(async (writer) => {
    await sql`select from orders where order_id = ${ofLeaves.id} for update`.execute(writer)
    splitting = stage.lin.post(`/accounts/${account}/split`, { partId: part, reason: '不是同一个人' })
    await locksAreWaitedFor(1)
    signing = signIn(stage.shop, 'leaves', 'official-account')
    await Promise.race([signing, locksAreWaitedFor(2)])
  })
  expect(await splitting).toMatchObject({ status: 200 })
  const again = await signing!
  expect(await orderIds(again)).toEqual([ofLeaves.id])
  expectProblem(await again.get(`/orders/${ofStays.id}`), 404)
})
