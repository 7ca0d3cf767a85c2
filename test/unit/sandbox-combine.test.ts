import { beforeEach, describe, expect, test } from 'vitest'
import { decrypt } from '../support/sandbox-client.ts'
import { askBill, billedDay, download } from '../support/sandbox-rules/bill-requests.ts'
import {
  closeCombine,
  COMBINE,
  combine,
  combineByPartner,
  combined,
  combinedOrder,
  paidCombine,
  part,
  queryCombine,
} from '../support/sandbox-rules/combine-requests.ts'
import type { Combined } from '../support/sandbox-rules/combine-requests.ts'
import { askRefund, PARTNER, wish } from '../support/sandbox-rules/refund-requests.ts'
import { MCHID } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

/** Several orders that are paid as one. */
const stage = sandboxStage()
beforeEach(() => stage.sandbox.control('/clock', { frozen: true }))

const states = async ({ outTradeNo }: Combined): Promise<string[]> =>
  (await queryCombine(stage, outTradeNo)).body.sub_orders.map(
    (sub: { trade_state: string }) => sub.trade_state,
  )
const refundOf = (outTradeNo: string) => askRefund(stage, wish(stage, outTradeNo))

describe('a combined order', () => {
  test('shows one sum at the cashier, and is paid in all its parts at once', async () => {
    const before = await stage.balanceOf()
    const order = await combinedOrder(stage, {
      sub_orders: [part(stage), part(stage, { amount: { total_amount: 1_200, currency: 'CNY' } })],
    })
    const cashier = (await stage.launch(order.prepayId)).body
    expect(cashier).toMatchObject({ amountFen: 10_000, description: '白瓷盖碗等2笔' })
    await stage.sandbox.control(`/cashier/${cashier.cashierId}`, { outcome: 'paid' })
    expect(before - (await stage.balanceOf())).toBe(10_000)
    const { body } = await queryCombine(stage, order.outTradeNo)
    expect(body.sub_orders).toMatchObject([
      { trade_state: 'SUCCESS', attach: '茶室', amount: { total_amount: 8_800, payer_amount: 8_800 } },
      { trade_state: 'SUCCESS', amount: { total_amount: 1_200, payer_amount: 1_200 } },
    ])
    const numbers = new Set(body.sub_orders.map((sub: { transaction_id: string }) => sub.transaction_id))
    expect(numbers.add(body.combine_transaction_id).size).toBe(3)
    expect((await stage.sandbox.control('/ledger')).body.balances[MCHID]).toBe(10_000)
  })

  test('is told to the merchant once, in the shape of the query', async () => {
    const order = await paidCombine(stage)
    const [notification] = await stage.receiver.arrived(1)
    const { event_type: type, resource } = JSON.parse(notification!.body.toString())
    expect(type).toBe('TRANSACTION.SUCCESS')
    const { apiV3Key } = stage.sandbox.merchant(MCHID)
    const { body } = await queryCombine(stage, order.outTradeNo)
    expect(JSON.parse(decrypt(apiV3Key, resource))).toEqual(body)
    expect(stage.receiver.received).toHaveLength(1)
  })

  test('is closed as a whole, and then nobody can pay it', async () => {
    const order = await combinedOrder(stage)
    expect((await closeCombine(stage, order)).status).toBe(204)
    expect(await states(order)).toEqual(['CLOSED', 'CLOSED'])
    expect((await stage.pay(order.prepayId)).body.errMsg).toBe('该订单已失效')
  })

  test('is refunded part by part, and each stands in the bill', async () => {
    const order = await paidCombine(stage)
    const [first, second] = order.parts
    expect((await refundOf(first!.out_trade_no)).status).toBe(200)
    expect(await states(order)).toEqual(['REFUND', 'SUCCESS'])
    const bill = await download(stage, await askBill(stage, { bill_date: await billedDay(stage) }))
    const times = (outTradeNo: string) => bill.text.split(`,\`${outTradeNo},`).length - 1
    expect([times(first!.out_trade_no), times(second!.out_trade_no)]).toEqual([2, 1])
  })

  test('gives a coupon to its parts in order, a fen of each staying with the payer', async () => {
    const order = await combinedOrder(stage)
    await stage.sandbox.control('/pay', { prepayId: order.prepayId, user: 'alice', couponFen: 9_000 })
    const { sub_orders: subs } = (await queryCombine(stage, order.outTradeNo)).body
    expect(subs.map((sub: { amount: { payer_amount: number } }) => sub.amount.payer_amount)).toEqual([
      1, 8_599,
    ])
  })

  test('outlives a snapshot, open or paid', async () => {
    const [open, paid] = [await combinedOrder(stage), await paidCombine(stage)]
    const { id } = (await stage.sandbox.control('/snapshot', {})).body
    await stage.sandbox.control('/restore', { id })
    expect([await states(open), await states(paid)]).toEqual([
      ['NOTPAY', 'NOTPAY'],
      ['SUCCESS', 'SUCCESS'],
    ])
    expect((await stage.pay(open.prepayId)).body).toEqual({ result: 'ok' })
    expect((await stage.pay(paid.prepayId)).body.errMsg).toBe('该订单已支付')
  })

  test.each([
    ['native', 'code_url', { combine_payer_info: null }],
    [
      'h5',
      'h5_url',
      { combine_payer_info: null, scene_info: { payer_client_ip: '1.2.3.4', h5_info: { type: 'Wap' } } },
    ],
  ])('is ordered by %s too', async (type, name, changes) => {
    const { body } = await combine(stage, changes, type)
    const way = name === 'code_url' ? { codeUrl: body.code_url } : { h5Url: body.h5_url }
    expect((await stage.sandbox.control('/pay', { ...way, user: 'bob' })).body).toEqual({ result: 'ok' })
  })

  test('is ordered by app with the app’s own appid', async () => {
    const { appid } = stage.sandbox.merchant(MCHID).appids.find(({ kind }) => kind === 'mobile-app')!
    const changes = { combine_appid: appid, combine_payer_info: undefined }
    const body = { ...combined(stage, changes), combine_payer_info: undefined }
    const answer = await stage.sandbox.call(MCHID, 'POST', `${COMBINE}/app`, body)
    expect(answer.body.prepay_id).toMatch(/^wx/)
  })

  test('of a partner pays two of its sub-merchants at once', async () => {
    const { body } = await combineByPartner(stage)
    await stage.pay(body.prepay_id, 'bob')
    const { balances } = (await stage.sandbox.control('/ledger')).body
    expect([balances['1900000013'], balances['1900000023'], balances[PARTNER]]).toEqual([
      8_800,
      8_800,
      undefined,
    ])
  })
})
