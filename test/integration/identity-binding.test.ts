import { describe, expect, test } from 'vitest'
import type { OperatorAccount } from '../../contract/account.ts'
import type { BindCode, Binding, Joins, Me, WebViewTicket } from '../../contract/session.ts'
import { limits } from '../../server/config/limits.ts'
import {
  callApi,
  joinAccounts,
  signIn,
  statusesOf,
  type ApiClient,
  type Customer,
} from '../support/customer.ts'
import { expectNoTrace, rowsOf } from '../support/fingerprint.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { atOnce } from '../support/rounds.ts'
import { moveTo, visit } from '../support/visitor.ts'

const minuteMs = 60_000
const stage = moneyStage({ behindProxy: true })

const show = async (who: ApiClient) => (await who.post<BindCode>('/bind-codes')).body.code
const enter = (who: ApiClient, code: unknown) => who.post<Binding>('/bindings', { code })
const confirm = (who: ApiClient, id: string) => who.post<Me>(`/joins/${id}/confirm`)
const joinsOf = async (who: ApiClient) => (await who.get<Joins>('/joins')).body
const nameOf = async (who: ApiClient) => (await who.get<Me>('/me')).body.displayName
const orderIds = async (who: ApiClient) =>
  (await who.get<{ orders: { id: string }[] }>('/orders')).body.orders.map(({ id }) => id).toSorted()
/** One person who came in by both entries and is two accounts so far. */
const twoDoors = async (id: string) => {
  const { shop } = stage
  await shop.sandbox.addUser(id)
  const [native, web] = [await signIn(shop, id), await signIn(shop, id, 'official-account')]
  return { native, web }
}
const stranger = (id: string, kind?: 'official-account') =>
  stage.shop.sandbox.addUser(id).then((user) => signIn(stage.shop, user, kind))

describe('joining two accounts', () => {
  test('needs both: who types in the code asks, who shows it sees who asks and confirms', async () => {
    const { native, web } = await twoDoors('binder-1')
    const [first, second] = [await native.order(), await web.order('tea-puer', 2)]
    const code = await show(native)
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/)
    const asked = await enter(web, ` ${code.slice(0, 5).toLowerCase()}-${code.slice(5)} `)
    expect(asked).toMatchObject({ status: 200, body: { joined: false, join: { state: 'waiting' } } })
    expect((await web.get(`/orders/${first.id}`)).status).toBe(404)
    const { join } = asked.body
    expect(join).toMatchObject({ displayName: await nameOf(web), entry: { code: '01' } })
    expect(await joinsOf(native)).toEqual({ toConfirm: join, asked: null })
    expect(await joinsOf(web)).toEqual({ toConfirm: null, asked: join })
    expect(JSON.stringify(join)).not.toContain(web.openid)
    expect((await confirm(native, join.id)).body).toMatchObject({ joined: true })
    const again = [
      await signIn(stage.shop, 'binder-1'),
      await signIn(stage.shop, 'binder-1', 'official-account'),
    ]
    for (const who of [native, web, ...again]) {
      expect(await orderIds(who)).toEqual([first.id, second.id].toSorted())
      expect((await who.get<Me>('/me')).body.joined).toBe(true)
      expect(await joinsOf(who)).toEqual({ toConfirm: null, asked: null })
    }
  })

  test('is confirmed by nobody but the account that shows the code, and once', async () => {
    const { native, web } = await twoDoors('binder-2')
    const other = await stranger('binder-2-other')
    const { join } = (await enter(web, await show(native))).body
    for (const who of [web, other]) {
      expectProblem(await confirm(who, join.id), 404)
      expectProblem(await who.post(`/joins/${join.id}/refuse`), 404)
    }
    const answers = await atOnce(() => confirm(native, join.id), 4)
    expect(statusesOf(answers)).toEqual([200, 404, 404, 404])
  })

  test('that is refused joins nothing, and both are told', async () => {
    const { native, web } = await twoDoors('binder-3')
    const { join } = (await enter(web, await show(native))).body
    expect((await native.post(`/joins/${join.id}/refuse`)).body).toEqual({ toConfirm: null, asked: null })
    expect((await joinsOf(web)).asked).toMatchObject({ id: join.id, state: 'refused' })
    expect(expectProblem(await confirm(native, join.id), 404).code).toBe('join-over')
    expect((await web.get<Me>('/me')).body.joined).toBe(false)
  })

  test('takes along what is under way: keys and tickets', async () => {
    const { native, web } = await twoDoors('binder-4')
    const headers = { 'idempotency-key': 'a-key-of-binder-4-here' }
    const lines = [{ productId: 'tea-puer', quantity: 1 }]
    const placed = await native.post<{ id: string }>('/orders', { lines }, headers)
    const { ticket } = (await native.post<WebViewTicket>('/web-view-tickets')).body
    await joinAccounts(web, native)
    expect(await native.post('/orders', { lines }, headers)).toMatchObject({
      status: 200,
      body: { ...placed.body, serverTime: expect.any(String) },
    })
    const entered = await callApi<Me>(stage.shop, 'POST', '/api/02/web-sessions', { body: { ticket } })
    expect(entered.body.displayName).toBe(await nameOf(web))
  })

  test('is over five minutes after it was asked', async () => {
    const { native, web } = await twoDoors('binder-5')
    const { join } = (await enter(web, await show(native))).body
    await stage.shop.advance(5 * minuteMs)
    expectProblem(await confirm(native, join.id), 404)
    expect(await joinsOf(web)).toEqual({ toConfirm: null, asked: null })
  })

  test('that two ask of each other at the same moment happens once, and loses nothing', async () => {
    const { native, web } = await twoDoors('binder-6')
    const [first, second] = [await native.order(), await web.order()]
    const [ofNative, ofWeb] = [await show(native), await show(web)]
    const [byNative, byWeb] = [(await enter(native, ofWeb)).body.join, (await enter(web, ofNative)).body.join]
    const answers = await Promise.all([confirm(native, byWeb.id), confirm(web, byNative.id)])
    expect(statusesOf(answers)).toEqual([200, 404])
    for (const who of [native, web]) expect(await orderIds(who)).toEqual([first.id, second.id].toSorted())
  })
})

describe('a bind code', () => {
  test('is used once, lives five minutes, and is one an account', async () => {
    const { native, web } = await twoDoors('binder-11')
    const other = await stranger('binder-12', 'official-account')
    const [replaced, used] = [await show(native), await show(native)]
    expect(expectProblem(await enter(other, replaced), 400).code).toBe('bind-code-wrong')
    expect((await enter(web, used)).status).toBe(200)
    expect(expectProblem(await enter(other, used), 400).code).toBe('bind-code-wrong')
    const rows = await rowsOf<{ account_id: string }>(stage.shop, 'join_offers')
    expect(new Set(rows.map((row) => row.account_id)).size).toBe(rows.length)
    const late = await show(native)
    await stage.shop.advance(5 * minuteMs)
    await expectNoTrace(stage.shop, async () => expectProblem(await enter(other, late), 400))
  })

  test('of one’s own is refused and stays good for the other entry', async () => {
    const { native, web } = await twoDoors('binder-13')
    const code = await show(native)
    expect(expectProblem(await enter(native, code), 400).code).toBe('bind-code-own')
    expect((await enter(web, code)).status).toBe(200)
  })

  test('joins one account, however many type it in at once', async () => {
    const { native, web } = await twoDoors('binder-14')
    const code = await show(native)
    const answers = await atOnce(() => enter(web, code), 4)
    expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(1)
  })

  test('is not made without end by one account', async () => {
    const { native } = await twoDoors('binder-15')
    const answers = await atOnce(() => native.post('/bind-codes'), 20)
    expect(statusesOf(answers).filter((status) => status === 201)).toHaveLength(limits.bindCodesPerMinute)
    const refused = answers.find(({ status }) => status === 429)!
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('tries at bind codes', () => {
  const wrong = (who: ApiClient) => enter(who, '0000000000')
  const counted = (answers: { status: number }[]) => answers.filter(({ status }) => status === 400).length

  test('of one account are few, however many networks it uses, and whatever they look like', async () => {
    const guesser = await visit(stage.shop, '04', '2001:db8:1:1::1')
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        enter(moveTo(stage.shop, guesser, `2001:db8:${i + 16}::1`), i % 2 ? '12345678' : '0000000000'),
      ),
    )
    expect(counted(answers)).toBe(limits.bindTriesPerMinute)
    expect(statusesOf(answers).filter((status) => status === 429)).toHaveLength(25)
  })

  test('of one network are few, however many accounts it makes, in any of its /64s', async () => {
    const guessers = await Promise.all(
      Array.from({ length: 14 }, (_, i) => visit(stage.shop, '04', `2001:db8:99:${i + 1}::1`)),
    )
    const answers = await Promise.all(guessers.flatMap((who) => [1, 2, 3, 4, 5].map(() => wrong(who))))
    expect(counted(answers)).toBe(limits.bindTriesOfSitePerMinute)
  })
})

describe('two people', () => {
  test('who have an openid each of one app are never one account', async () => {
    const [one, two] = [await stranger('person-1'), await stranger('person-2')]
    const code = await show(one)
    const problem = expectProblem(await enter(two, code), 409)
    expect([problem.code, problem.detail]).toEqual(['two-people', expect.stringContaining('不同的微信账号')])
    expect((await enter((await twoDoors('person-1')).web, code)).status).toBe(200)
  })

  test('are still two when the second openid arrives before the confirmation', async () => {
    const { native: one, web: onesWeb } = await twoDoors('person-3')
    const two = await stranger('person-4')
    const desk = await visit(stage.shop, '04', '198.51.100.31')
    const { join } = (await enter(desk, await show(one))).body
    // Meanwhile the computer becomes the other person's.
    const { join: ofTwo } = (await enter(desk, await show(two))).body
    expectProblem(await confirm(one, join.id), 404)
    expect((await confirm(two, ofTwo.id)).status).toBe(200)
    await joinAccounts(one, onesWeb)
  })

  test('are not joined by the database either', async () => {
    const [one, two] = [await stranger('person-5'), await stranger('person-6')]
    const accountOf = async ({ openid }: Customer) =>
      (
        await stage.books.rows<{ account_id: string }>(
          `select account_id from identities where openid = $1`,
          [openid],
        )
      )[0]!.account_id
    const into = await accountOf(one)
    await expect(
      stage.books.rows(`update identities set account_id = $1 where openid = $2`, [into, two.openid]),
    ).rejects.toThrow(/one_openid_an_app/)
    await expect(stage.books.rows(`insert into unions values ('union-b', $1, true)`, [into])).rejects.toThrow(
      /one_union_an_account/,
    )
  })

  test('who use one computer: what the first has joined, the second cannot join to theirs', async () => {
    const owner = await stranger('person-7')
    const order = await owner.order()
    const desk = await visit(stage.shop, '04', '198.51.100.32')
    await joinAccounts(owner, desk)
    expect((await desk.detail(order.id)).id).toBe(order.id)
    // In another app, where no openid is twice.
    const next = await stranger('person-8', 'official-account')
    const atDesk = expectProblem(await enter(desk, await show(next)), 403)
    expect([atDesk.code, atDesk.detail]).toEqual(['joined-browser', expect.stringContaining('那个微信')])
    expect(expectProblem(await desk.post('/bind-codes'), 403).code).toBe('joined-browser')
    expect((await desk.get<Me>('/me')).body.isJoinedBrowser).toBe(true)
    expect((await owner.get<Me>('/me')).body.isJoinedBrowser).toBe(false)
    expect(await orderIds(next)).toEqual([])
  })

  test('one of whom left an old row with two openids are refused a join, and the row stays', async () => {
    const [one, two] = [await stranger('person-9'), await stranger('person-10')]
    await stage.books.rows(
      `update identities set sole = null, account_id = (select account_id from identities where openid = $1)
       where openid in ($1, $2)`,
      [one.openid, two.openid],
    )
    const web = await signIn(stage.shop, 'person-9', 'official-account')
    expect(expectProblem(await enter(web, await show(one)), 409).code).toBe('two-people')
    expect((await one.get('/me')).status).toBe(200)
  })
})

test('a browser that was joined to a WeChat account is signed out after a month at the latest', async () => {
  const owner = await stranger('person-11')
  const desk = await visit(stage.shop, '04', '198.51.100.33')
  await joinAccounts(owner, desk)
  await stage.shop.advance(limits.joinedBrowserLifetimeMs)
  expectProblem(await desk.get('/me'), 401)
})

describe('an operator', () => {
  test('splits what was joined: each order goes with the account that placed it, before and after', async () => {
    const { native, web } = await twoDoors('split-1')
    const desk = await visit(stage.shop, '04', '198.51.100.34')
    const [ofNative, ofWeb, ofDesk] = [await native.order(), await web.order(), await desk.order()]
    const payment = await web.pay(ofWeb.id)
    const [nativeName, webName] = [await nameOf(native), await nameOf(web)]
    await joinAccounts(native, web)
    await joinAccounts(native, desk)
    const again = await signIn(stage.shop, 'split-1', 'official-account')
    const [laterNative, laterWeb] = [await native.order(), await again.order()]
    const read = await stage.lin.get<OperatorAccount>(`/orders/${ofNative.id}/account`)
    expect(read.body.parts.map((part) => [part.isOwn, part.orderCount]).toSorted()).toEqual([
      [false, 1],
      [false, 2],
      [true, 2],
    ])
    const part = read.body.parts.find((one) => one.displayName === webName)!
    expect(part.identities).toEqual([{ appid: web.appid, openidSuffix: web.openid.slice(-4) }])
    const split = await stage.lin.post<OperatorAccount>(`/accounts/${read.body.accountId}/split`, {
      partId: part.partId,
      reason: '不是同一个人',
    })
    expect(split.body).toMatchObject({
      displayName: nativeName,
      history: [{ event: 'joined' }, { event: 'joined' }, { event: 'split', by: 'Lin', orderCount: 2 }],
    })
    expect(await orderIds(native)).toEqual([ofNative.id, laterNative.id, ofDesk.id].toSorted())
    for (const who of [web, again, await signIn(stage.shop, 'split-1', 'official-account')]) {
      expect(await nameOf(who)).toBe(webName)
      expect(await orderIds(who)).toEqual([ofWeb.id, laterWeb.id].toSorted())
      expect((await who.detail(ofWeb.id)).payments).toMatchObject([{ id: payment.id }])
    }
    expectProblem(await native.get(`/orders/${ofWeb.id}`), 404)
    await joinAccounts(web, native)
    expect(await orderIds(desk)).toHaveLength(5)
  })

  test('is told when there is nothing to split', async () => {
    const { native } = await twoDoors('split-2')
    const order = await native.order()
    const { accountId } = (await stage.lin.get<OperatorAccount>(`/orders/${order.id}/account`)).body
    const split = (partId: string, reason?: string) =>
      stage.lin.post(`/accounts/${accountId}/split`, { partId, reason })
    expectProblem(await split(accountId, '试试'), 404)
    expectProblem(await split('0'.repeat(16), '试试'), 404)
    expectProblem(await split(accountId), 400)
    expectProblem(await stage.lin.get('/orders/0000000000000/account'), 404)
  })
})
