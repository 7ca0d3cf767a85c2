import { describe, expect, test } from 'vitest'
import { MCHID } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

/** Who pays, and how. */
const stage = sandboxStage()

const control = (path: string, body?: unknown) => stage.sandbox.control(path, body)

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
    expect(await stage.balanceOf('bob')).toBe(1)
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
    const before = await stage.balanceOf('alice')
    expect((await act(cashierId, outcome)).body).toEqual(heard)
    expect(await stateOf(outTradeNo)).toBe(state)
    expect(before - (await stage.balanceOf('alice'))).toBe(state === 'SUCCESS' ? 8_800 : 0)
  })

  test('after a wrong password the person may try again; after paying the cashier is closed', async () => {
    const { cashierId, outTradeNo } = await opened()
    await act(cashierId, 'wrong-password')
    expect((await act(cashierId, 'paid')).body).toEqual({ result: 'ok' })
    expect((await act(cashierId, 'paid')).status).toBe(404)
    expect((await control('/ledger')).body.trades).toMatchObject([{ outTradeNo, tradeState: 'SUCCESS' }])
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
    const before = await stage.balanceOf('alice')
    const results = await Promise.all([one, two].map(({ body }) => act(body.cashierId, 'paid')))
    expect(results.map(({ body }) => body.result).toSorted()).toEqual(['fail', 'ok'])
    expect(before - (await stage.balanceOf('alice'))).toBe(8_800)
  })

  test('an empty purse cannot pay', async () => {
    await control('/users', { id: 'dave', balanceFen: 100 })
    const { users } = (await control('/users')).body
    const dave = users.find(({ id }: { id: string }) => id === 'dave')
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
