import { describe, expect, test } from 'vitest'
import { MCHID } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

const stage = sandboxStage()

const control = (path: string, body?: unknown, method?: string) => stage.sandbox.control(path, body, method)
const ledger = async () => (await control('/ledger')).body

test('the lists show the newest so many, when asked', async () => {
  const numbers = [await stage.placed(), await stage.placed(), await stage.placed()].map(
    (one) => one.outTradeNo,
  )
  const { trades } = (await control('/ledger?limit=2')).body
  expect(trades.map((trade: { outTradeNo: string }) => trade.outTradeNo)).toEqual(numbers.slice(1))
  const { calls } = (await control('/calls?limit=1')).body
  expect(calls.map((call: { outTradeNo: string }) => call.outTradeNo)).toEqual(numbers.slice(2))
  expect((await control('/notifications?limit=1')).body.notifications).toEqual([])
  expect((await control('/calls?limit=x')).body.calls.length).toBeGreaterThanOrEqual(3)
})

describe('the ledger', () => {
  test('shows each trade with who pays, how often it was ordered, and the merchant’s balance', async () => {
    const body = stage.order()
    await stage.placed(body)
    const { outTradeNo, prepayId } = await stage.placed(body)
    await stage.pay(prepayId)
    expect(await ledger()).toEqual({
      trades: [
        expect.objectContaining({
          mchid: MCHID,
          appid: stage.miniAppid,
          outTradeNo,
          transactionId: expect.stringMatching(/^4200/),
          tradeType: 'JSAPI',
          tradeState: 'SUCCESS',
          amountFen: 8_800,
          payerOpenid: stage.sandbox.openid('alice', stage.miniAppid),
          paidBy: 'alice',
          prepayCount: 2,
        }),
      ],
      refunds: [],
      alipayTrades: [],
      frozen: {},
      balances: { [MCHID]: 8_800 },
    })
  })

  test('narrows down to a number', async () => {
    await stage.placed()
    const { outTradeNo } = await stage.placed()
    const { trades } = (await control(`/ledger?outTradeNo=${outTradeNo}`)).body
    expect(trades.map((trade: { outTradeNo: string }) => trade.outTradeNo)).toEqual([outTradeNo])
  })
})

describe('the clock', () => {
  test('jumps to a moment, goes on from there, and freezes', async () => {
    await control('/clock', { at: '2030-01-01T00:00:00+08:00', frozen: true })
    const { body } = await control('/clock', { advanceMs: 1_500 })
    expect(body).toEqual({
      now: '2029-12-31T16:00:01.500Z',
      nowMs: Date.parse('2029-12-31T16:00:01.500Z'),
      day: '2030-01-01',
      frozen: true,
      offsetMs: expect.any(Number),
    })
    expect((await control('/clock')).body.nowMs).toBe(body.nowMs)
  })
})

describe('snapshot, restore and reset', () => {
  test('a restored state has the trades, purses, clock and pending notifications of its moment', async () => {
    stage.receiver.answerWith(500)
    await control('/clock', { frozen: true })
    const { outTradeNo, prepayId } = await stage.placed()
    const { id } = (await control('/snapshot', {})).body
    const before = { ledger: await ledger(), clock: (await control('/clock')).body.nowMs }
    await stage.pay(prepayId)
    await stage.placed()
    await stage.advance(86_400_000)
    expect((await control('/restore', { id })).status).toBe(200)
    expect(await ledger()).toEqual(before.ledger)
    expect((await control('/clock')).body.nowMs).toBe(before.clock)
    expect(await stage.balanceOf('alice')).toBe(10_000_000)
    stage.receiver.answerWith(204)
    expect((await stage.pay(prepayId)).body).toEqual({ result: 'ok' })
    expect((await stage.query(outTradeNo)).body.trade_state).toBe('SUCCESS')
    expect((await control('/restore', { id: 's999' })).status).toBe(404)
  })

  test('of many snapshots the newest twenty are kept, and no name comes to mean another state', async () => {
    const first = (await control('/snapshot', {})).body
    expect(first.kept.at(-1)).toBe(first.id)
    const names: string[] = []
    for (let count = 0; count < 20; count += 1) names.push((await control('/snapshot', {})).body.id)
    const last = (await control('/snapshot', {})).body
    expect(last.kept).toEqual([...names.slice(1), last.id])
    expect(new Set([first.id, ...names, last.id]).size).toBe(22)
    const refused = await control('/restore', { id: first.id })
    expect(refused.status).toBe(404)
    expect(refused.body.message).toContain(last.id)
    expect((await control('/restore', { id: names[1] })).status).toBe(200)
  })

  test('a snapshot has the name it was given, and the list shows all of them', async () => {
    const named = (await control('/snapshot', { name: ' before paying ' })).body
    expect(named).toMatchObject({ name: 'before paying', at: expect.any(String) })
    const { snapshots } = (await control('/snapshots')).body
    expect(snapshots.at(-1)).toEqual({ id: named.id, name: 'before paying', at: named.at })
    expect((await control('/snapshot', { name: 'x'.repeat(61) })).status).toBe(400)
  })

  test('reset empties everything but merchants, keys, and the openids of the first people', async () => {
    const openid = stage.sandbox.openid('alice', stage.miniAppid)
    const { prepayId } = await stage.placed()
    await stage.pay(prepayId)
    await control('/users', { id: 'erin' })
    await control('/rules', { match: {}, effect: { lose: true } })
    await stage.advance(86_400_000)
    await control('/reset', {})
    expect(await ledger()).toEqual({ trades: [], refunds: [], alipayTrades: [], balances: {}, frozen: {} })
    expect((await control('/rules')).body.rules).toEqual([])
    expect((await control('/clock')).body.frozen).toBe(false)
    expect(Math.abs((await control('/clock')).body.offsetMs)).toBeLessThan(60_000)
    const { users } = (await control('/users')).body
    expect(users.map(({ id, balanceFen }: { id: string; balanceFen: number }) => [id, balanceFen])).toEqual([
      ['alice', 10_000_000],
      ['bob', 10_000_000],
    ])
    expect(users[0].openids[stage.miniAppid]).toBe(openid)
    expect((await stage.prepay()).status).toBe(200)
  })
})

describe('the inbox of calls', () => {
  test('remembers request, verdict and answer, newest last', async () => {
    await stage.prepay({ amount: { total: 0 } })
    const { calls } = (await control('/calls')).body
    expect(calls.at(-1)).toMatchObject({
      method: 'POST',
      url: '/v3/pay/transactions/jsapi',
      verdict: expect.stringMatching(/^PARAM_ERROR /),
      status: 400,
      mchid: MCHID,
      outTradeNo: expect.stringMatching(/^R/),
      body: expect.stringContaining('"total":0'),
      answer: expect.stringContaining('PARAM_ERROR'),
      answerHeaders: expect.objectContaining({ 'Wechatpay-Serial': expect.any(String) }),
    })
  })
})

describe('what cannot be done is refused with a sentence', () => {
  test.each([
    ['/users', { id: 'Has Spaces' }, 400, /id:/],
    ['/users', { id: 'zoe', openid: 'x' }, 400, /openid/],
    ['/codes', { user: 'nobody', appid: 'wx' }, 404, /GET \/_sandbox\/users/],
    ['/codes', { user: 'alice', appid: 'wx' }, 404, /GET \/_sandbox\/merchants/],
    ['/cashier/none', { outcome: 'paid' }, 404, /launch it again/],
    ['/cashier/none', { outcome: 'stolen' }, 400, /outcome/],
    ['/pay', { user: 'alice' }, 400, /exactly one/],
    ['/pay', { user: 'alice', prepayId: 'wx1' }, 422, /total_fee/],
    ['/clock', {}, 400, /advanceMs/],
    ['/clock', { at: 'tomorrow' }, 400, /at:/],
    ['/clock', { at: '9999-12-31T23:59:59Z' }, 400, /between the years/],
    ['/clock', { advanceMs: -2_000_000_000_000 }, 400, /between the years/],
    ['/clock', { advanceMs: Number.MAX_SAFE_INTEGER }, 400, /between the years/],
    ['/rules', { match: { api: 'weather' }, effect: { lose: true } }, 400, /match\.api/],
    ['/rules', { match: {}, effect: {} }, 400, /effect/],
    ['/rules', { match: {}, effect: { explode: true } }, 400, /explode/],
    ['/keys/rotate', { mchid: '1', to: 'public-key' }, 404, /merchants/],
    ['/nothing', {}, 404, /no control route.*\/_sandbox\/ledger.*docs\/sandbox\.md/],
    ['/notifications/none/resend', {}, 404, /GET \/_sandbox\/notifications/],
  ])('%s %j', async (path, body, status, message) => {
    const reply = await control(path, body)
    expect([reply.status, reply.body.message]).toEqual([status, expect.stringMatching(message)])
  })

  test('a body that does not say that it is JSON', async () => {
    const answer = await fetch(`${stage.sandbox.url}/_sandbox/users`, {
      method: 'POST',
      body: '{"id":"zoe"}',
    })
    const message = expect.stringContaining('content-type: application/json')
    expect([answer.status, await answer.json()]).toEqual([400, { message }])
  })

  test('a body that is not JSON', async () => {
    const answer = await fetch(`${stage.sandbox.url}/_sandbox/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    expect([answer.status, await answer.json()]).toEqual([400, { message: expect.stringContaining('JSON') }])
  })
})
