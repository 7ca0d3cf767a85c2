import { beforeEach, describe, expect, test } from 'vitest'
import { decrypt } from '../support/sandbox-client.ts'
import { askBill, billedDay, download } from '../support/sandbox-rules/bill-requests.ts'
import { askRefund, part, wish } from '../support/sandbox-rules/refund-requests.ts'
import { MCHID, MINUTE_MS, SECOND_MS } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

/** Coupons, and paying twice. */
const stage = sandboxStage()
beforeEach(() => stage.sandbox.control('/clock', { frozen: true }))

const payWith = (prepayId: string, couponFen: number) =>
  stage.sandbox.control('/pay', { prepayId, user: 'alice', couponFen })

describe('a coupon', () => {
  test('pays its part: the payer gives the rest, and query and notification tell both', async () => {
    const before = await stage.balanceOf()
    const { outTradeNo, prepayId } = await stage.placed()
    await payWith(prepayId, 800)
    expect(before - (await stage.balanceOf())).toBe(8_000)
    const { body } = await stage.query(outTradeNo)
    expect(body.amount).toMatchObject({ total: 8_800, payer_total: 8_000 })
    expect(body.promotion_detail).toMatchObject([{ scope: 'GLOBAL', type: 'CASH', amount: 800 }])
    const [notification] = await stage.receiver.arrived(1)
    const { resource } = JSON.parse(notification!.body.toString())
    expect(JSON.parse(decrypt(stage.sandbox.merchant(MCHID).apiV3Key, resource))).toEqual(body)
  })

  test('never pays all of it', async () => {
    const { outTradeNo, prepayId } = await stage.placed()
    await payWith(prepayId, 10_000)
    expect((await stage.query(outTradeNo)).body.amount.payer_total).toBe(1)
  })

  test('lets somebody pay whose purse would not do alone', async () => {
    await stage.sandbox.control('/users', { id: 'carol', balanceFen: 8_000 })
    const body = { ...stage.order(), payer: undefined }
    const placed = await stage.sandbox.call(MCHID, 'POST', '/v3/pay/transactions/native', body)
    const { code_url: codeUrl } = placed.body
    const pay = (couponFen: number) => stage.sandbox.control('/pay', { codeUrl, user: 'carol', couponFen })
    expect((await pay(799)).body.result).toBe('fail')
    expect((await pay(800)).body.result).toBe('ok')
  })

  test('comes as weather to whoever pays', async () => {
    await stage.sandbox.control('/rules', { match: { api: 'pay', nth: 2 }, effect: { couponFen: 5 } })
    const totals = []
    for (let paid = 0; paid < 3; paid += 1) {
      const { outTradeNo, prepayId } = await stage.placed()
      await stage.pay(prepayId)
      totals.push((await stage.query(outTradeNo)).body.amount.payer_total)
    }
    expect(totals).toEqual([8_800, 8_795, 8_800])
  })

  test('gets its share of every refund, and the payer the rest, to the last fen', async () => {
    const before = await stage.balanceOf()
    const { outTradeNo, prepayId } = await stage.placed()
    await payWith(prepayId, 1_000)
    const seen = []
    for (const amount of [3_000, 3_000, 2_800]) {
      const { body } = await askRefund(stage, wish(stage, outTradeNo, part(amount)))
      seen.push([body.amount.payer_refund, body.amount.discount_refund])
      expect(body.promotion_detail).toMatchObject([{ type: 'COUPON', amount: 1_000 }])
      await stage.advance(MINUTE_MS)
    }
    expect(seen).toEqual([
      [2_660, 340],
      [2_660, 340],
      [2_480, 320],
    ])
    expect((await stage.sandbox.control('/ledger')).body.refunds).toHaveLength(3)
    expect(await stage.balanceOf()).toBe(before)
  })

  test('stands in the bill beside the amount, and so does what went back into it', async () => {
    const { outTradeNo, prepayId } = await stage.placed()
    await payWith(prepayId, 1_000)
    await askRefund(stage, wish(stage, outTradeNo, part(3_000)))
    const bill = await askBill(stage, { bill_date: await billedDay(stage) })
    const rows = (await download(stage, bill)).text.split('\r\n').map((line) => line.split(',`'))
    const column = (name: string) => rows[0]![0]!.split(',').indexOf(name)
    const paid = rows.find((row) => row[column('商户订单号')] === outTradeNo && row[9] === 'SUCCESS')!
    const refunded = rows.find((row) => row[column('商户订单号')] === outTradeNo && row[9] === 'REFUND')!
    expect([paid[column('应结订单金额')], paid[column('代金券金额')]]).toEqual(['88.00', '10.00'])
    expect([refunded[column('退款金额')], refunded[column('充值券退款金额')]]).toEqual(['30.00', '3.40'])
  })
})

describe('paying the same merchant the same amount again', () => {
  const warning = async (changes: object = {}) =>
    (await stage.launch((await stage.placed({ ...changes })).prepayId)).body.warning
  const paid = async () => stage.pay((await stage.placed()).prepayId)

  test('within a minute makes the cashier warn', async () => {
    expect(await warning()).toBeUndefined()
    await paid()
    await stage.advance(MINUTE_MS - SECOND_MS)
    expect(await warning()).toMatch(/重复支付/)
  })

  test('a minute later, or another amount, does not', async () => {
    await paid()
    expect(await warning({ amount: { total: 8_801 } })).toBeUndefined()
    await stage.advance(MINUTE_MS)
    expect(await warning()).toBeUndefined()
  })
})
