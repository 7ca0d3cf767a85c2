import { describe, expect, test } from 'vitest'
import { MCHID } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

const stage = sandboxStage()

const control = (path: string, body?: unknown, method?: string) => stage.sandbox.control(path, body, method)
const ledger = async () => (await control('/ledger')).body

interface User {
  id: string
  balanceFen: number
}
const balanceOf = async (user: string) =>
  ((await control('/users')).body.users as User[]).find(({ id }) => id === user)!.balanceFen

describe('people', () => {
  test('two exist from the start, each with another openid under every app', async () => {
    const { users } = (await control('/users')).body
    expect(users.map(({ id, name }: { id: string; name: string }) => [id, name])).toEqual([
      ['alice', '小林'],
      ['bob', '小周'],
    ])
    const openids = users.flatMap((user: { openids: object }) => Object.values(user.openids))
    const { merchants } = (await control('/merchants')).body as {
      merchants: { appids: unknown[]; subMerchants: { appids: unknown[] }[] }[]
    }
    const apps = merchants.flatMap((one) => [one, ...one.subMerchants]).flatMap((one) => one.appids)
    expect(openids).toHaveLength(2 * apps.length)
    expect(new Set(openids).size).toBe(openids.length)
    for (const openid of openids) expect(openid).toMatch(/^o[A-Za-z0-9_-]{27}$/)
  })

  test('a new one can pay at once; a name that is taken is refused', async () => {
    const carol = await control('/users', { id: 'carol', balanceFen: 10_000 })
    expect([carol.status, carol.body.balanceFen]).toEqual([201, 10_000])
    const openid = carol.body.openids[stage.miniAppid]
    const { prepayId } = await stage.placed({ payer: { openid } })
    expect((await stage.pay(prepayId, 'carol')).body).toEqual({ result: 'ok' })
    expect((await control('/users', { id: 'carol' })).status).toBe(409)
  })

  test('a purse holds what somebody put in it, and nobody else has one', async () => {
    expect((await control('/users/bob', { balanceFen: 1 })).body).toMatchObject({ id: 'bob', balanceFen: 1 })
    expect(await balanceOf('bob')).toBe(1)
    expect((await control('/users/bob', { balanceFen: -1 })).status).toBe(400)
    expect((await control('/users/nobody', { balanceFen: 1 })).status).toBe(404)
  })

  test('come back to an order by its numbers, as long as it can be paid', async () => {
    const { outTradeNo } = await stage.placed()
    const pay = { mchid: MCHID, outTradeNo, user: 'alice' }
    expect((await control('/pay', pay)).body).toEqual({ result: 'ok' })
    expect((await control('/pay', pay)).status).toBe(422)
    expect((await control('/pay', { ...pay, outTradeNo: 'unknown' })).status).toBe(404)
    expect((await control('/pay', { ...pay, prepayId: 'wx1' })).status).toBe(400)
  })

  test('who comes back to an order by its numbers leaves its code on the merchant’s page as good as it was', async () => {
    const { payer: _payer, ...body } = stage.order()
    const { code_url: codeUrl } = (
      await stage.sandbox.call(MCHID, 'POST', '/v3/pay/transactions/native', body)
    ).body
    const pay = { mchid: MCHID, outTradeNo: body['out_trade_no'], user: 'alice', outcome: 'cancelled' }
    expect((await control('/pay', pay)).body).toEqual({ result: 'cancel' })
    expect((await control('/pay', { codeUrl, user: 'alice' })).body).toEqual({ result: 'ok' })
  })
})

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

describe('at the cashier', () => {
  async function opened(): Promise<{ cashierId: string; outTradeNo: string }> {
    const { outTradeNo, prepayId } = await stage.placed()
    return { outTradeNo, cashierId: (await stage.launch(prepayId)).body.cashierId }
  }
  const act = (cashierId: string, outcome: string) => control(`/cashier/${cashierId}`, { outcome })
  const stateOf = async (outTradeNo: string) => (await stage.query(outTradeNo)).body.trade_state

  test('the person sees amount, what for, to whom, and the purse', async () => {
    const { prepayId } = await stage.placed()
    expect((await stage.launch(prepayId)).body).toEqual({
      cashierId: expect.any(String),
      amountFen: 8_800,
      description: '白瓷盖碗',
      merchantName: '桥付小店',
      balanceFen: 10_000_000,
    })
  })

  test.each([
    ['paid', { result: 'ok' }, 'SUCCESS'],
    ['lost', { result: 'none' }, 'SUCCESS'],
    ['cancelled', { result: 'cancel' }, 'NOTPAY'],
    ['killed', { result: 'none' }, 'NOTPAY'],
    ['wrong-password', { result: 'fail', message: '支付密码错误，请重试' }, 'NOTPAY'],
    ['not-enough', { result: 'fail', message: '余额不足，请更换支付方式' }, 'NOTPAY'],
    ['risk', { result: 'fail', message: expect.any(String) }, 'NOTPAY'],
  ])('%s: what the client hears, and what is true', async (outcome, heard, state) => {
    const { cashierId, outTradeNo } = await opened()
    const before = await balanceOf('alice')
    expect((await act(cashierId, outcome)).body).toEqual(heard)
    expect(await stateOf(outTradeNo)).toBe(state)
    expect(before - (await balanceOf('alice'))).toBe(state === 'SUCCESS' ? 8_800 : 0)
  })

  test('after a wrong password the person may try again; after paying the cashier is closed', async () => {
    const { cashierId, outTradeNo } = await opened()
    await act(cashierId, 'wrong-password')
    expect((await act(cashierId, 'paid')).body).toEqual({ result: 'ok' })
    expect((await act(cashierId, 'paid')).status).toBe(404)
    expect((await ledger()).trades).toMatchObject([{ outTradeNo, tradeState: 'SUCCESS' }])
  })

  test('an order that was closed under the open cashier is not paid', async () => {
    const { cashierId, outTradeNo } = await opened()
    await stage.closeOrder(outTradeNo)
    expect((await act(cashierId, 'paid')).body).toEqual({
      result: 'fail',
      message: '该订单已失效',
      isOver: true,
    })
    expect(await stateOf(outTradeNo)).toBe('CLOSED')
  })

  test('two cashiers for one order take the money once', async () => {
    const { prepayId } = await stage.placed()
    const [one, two] = [await stage.launch(prepayId), await stage.launch(prepayId)]
    const before = await balanceOf('alice')
    const results = await Promise.all([one, two].map(({ body }) => act(body.cashierId, 'paid')))
    expect(results.map(({ body }) => body.result).toSorted()).toEqual(['fail', 'ok'])
    expect(before - (await balanceOf('alice'))).toBe(8_800)
  })

  test('an empty purse cannot pay', async () => {
    await control('/users', { id: 'dave', balanceFen: 100 })
    const { users } = (await control('/users')).body
    const dave = users.find(({ id }: User) => id === 'dave')
    const { outTradeNo, prepayId } = await stage.placed({ payer: { openid: dave.openids[stage.miniAppid] } })
    expect((await stage.pay(prepayId, 'dave')).body.message).toContain('余额不足')
    expect(await stateOf(outTradeNo)).toBe('NOTPAY')
  })

  test('a refusal says to the developer what WeChat keeps to itself', async () => {
    const { prepayId } = await stage.placed()
    await stage.advance(2 * 3_600_000)
    const { status, body } = await stage.launch(prepayId)
    expect([status, body.message, body.reason]).toEqual([
      422,
      '调用支付JSAPI缺少参数：total_fee',
      expect.stringContaining('two hours'),
    ])
  })
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
    expect(await balanceOf('alice')).toBe(10_000_000)
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
    expect(Math.abs((await control('/clock')).body.offsetMs)).toBeLessThan(1_000)
    const { users } = (await control('/users')).body
    expect(users.map((user: User) => [user.id, user.balanceFen])).toEqual([
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

describe('rules of the weather', () => {
  const strikes = async (count: number) => {
    const seen: number[] = []
    for (let index = 0; index < count; index += 1) seen.push((await stage.prepay()).status)
    return seen
  }
  const error = { status: 503, code: 'SERVICE_UNAVAILABLE' }

  test('nth strikes once, times so often, and others stay untouched', async () => {
    await control('/rules', { match: { api: 'prepay', nth: 2 }, effect: { error } })
    expect(await strikes(3)).toEqual([200, 503, 200])
    await control('/rules', undefined, 'DELETE')
    await control('/rules', { match: { api: 'prepay', times: 2 }, effect: { error } })
    expect(await strikes(3)).toEqual([503, 503, 200])
    expect((await stage.query((await stage.placed()).outTradeNo)).status).toBe(200)
  })

  test('probability with a seed repeats', async () => {
    const run = async () => {
      await control('/rules', undefined, 'DELETE')
      await control('/rules', { match: { api: 'prepay', probability: 0.5, seed: 7 }, effect: { error } })
      return strikes(12)
    }
    const first = await run()
    expect(new Set(first)).toEqual(new Set([200, 503]))
    expect(await run()).toEqual(first)
  })

  test('ttl ends it by business time', async () => {
    await control('/rules', { match: { api: 'prepay', ttl: 60_000 }, effect: { error } })
    expect(await strikes(1)).toEqual([503])
    await stage.advance(60_000)
    expect(await strikes(1)).toEqual([200])
  })

  test('mchid, appid and outTradeNo choose', async () => {
    const hit = stage.order()
    await control('/rules', { match: { mchid: '1900000002' }, effect: { error } })
    await control('/rules', { match: { appid: stage.officialAppid }, effect: { error } })
    await control('/rules', { match: { outTradeNo: hit['out_trade_no'] }, effect: { error } })
    expect(await strikes(1)).toEqual([200])
    expect((await stage.prepay(hit)).status).toBe(503)
  })

  test('a rule is shown with how often it struck, and taken away by id', async () => {
    const { id } = (await control('/rules', { match: { api: 'prepay' }, effect: { error: 'SYSTEM_ERROR' } }))
      .body
    await strikes(2)
    expect((await control('/rules')).body.rules).toMatchObject([{ id, matched: 2, struck: 2 }])
    await control(`/rules/${id}`, undefined, 'DELETE')
    expect(await strikes(1)).toEqual([200])
    const again = await control(`/rules/${id}`, undefined, 'DELETE')
    expect([again.status, again.body.message]).toEqual([404, expect.stringContaining('GET /_sandbox/rules')])
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
    ['/nothing', {}, 404, /no control route.*docs\/sandbox\.md/],
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
