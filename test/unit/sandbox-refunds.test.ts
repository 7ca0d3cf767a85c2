import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { decrypt } from '../support/sandbox-client.ts'
import type { Reply } from '../support/sandbox-client.ts'
import {
  applyAgain,
  askRefund,
  paidOrder,
  part,
  partnerWish,
  wish,
} from '../support/sandbox-rules/refund-requests.ts'
import { MCHID, MINUTE_MS, openStage } from '../support/sandbox-rules/rule.ts'
import type { Stage } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'
import { until } from '../support/until.ts'

const REFUND_MS = 3_000
const stage = sandboxStage()
beforeEach(() => stage.sandbox.control('/clock', { frozen: true }))

const ledger = async (on: Stage = stage) => (await on.sandbox.control('/ledger')).body
const queried = (outRefundNo: string): Promise<Reply> =>
  stage.sandbox.call(MCHID, 'GET', `/v3/refund/domestic/refunds/${outRefundNo}`)
const ended = (refundId: string, end: string) => stage.sandbox.control(`/refunds/${refundId}`, { end })

/** A refund of a fresh order whose notifications come here. */
async function asked(changes: object = {}): Promise<{ outTradeNo: string; answer: Record<string, string> }> {
  const outTradeNo = await paidOrder(stage)
  await stage.receiver.arrived(1)
  stage.receiver.received.length = 0
  const body = wish(stage, outTradeNo, { notify_url: stage.receiver.url, ...changes })
  const reply = await askRefund(stage, body)
  expect(reply).toMatchObject({ status: 200 })
  return { outTradeNo, answer: reply.body }
}

/** The only notification that came, opened. */
async function notified(mchid = MCHID) {
  const [received] = await stage.receiver.arrived(1)
  const event = JSON.parse(received!.body.toString())
  const resource = JSON.parse(decrypt(stage.sandbox.merchant(mchid).apiV3Key, event.resource))
  return { event, resource }
}

describe('a refund', () => {
  test('is PROCESSING first, and SUCCESS three seconds later', async () => {
    const { outTradeNo, answer } = await asked(part(100))
    expect(answer).toEqual({
      refund_id: expect.stringMatching(/^50300\d{24}$/),
      out_refund_no: answer['out_refund_no'],
      transaction_id: (await stage.query(outTradeNo)).body.transaction_id,
      out_trade_no: outTradeNo,
      channel: 'ORIGINAL',
      user_received_account: '支付用户零钱',
      create_time: expect.stringMatching(/\+08:00$/),
      status: 'PROCESSING',
      funds_account: 'AVAILABLE',
      amount: {
        total: 8_800,
        refund: 100,
        from: [],
        payer_total: 8_800,
        payer_refund: 100,
        settlement_refund: 100,
        settlement_total: 8_800,
        discount_refund: 0,
        currency: 'CNY',
        refund_fee: 0,
      },
      promotion_detail: [],
    })
    await stage.advance(REFUND_MS - 1)
    expect((await queried(answer['out_refund_no']!)).body.status).toBe('PROCESSING')
    await stage.advance(1)
    const { body } = await queried(answer['out_refund_no']!)
    expect(body).toEqual({ ...answer, status: 'SUCCESS', success_time: expect.stringMatching(/\+08:00$/) })
  })

  test('makes the order REFUND at once, and leaves its success_time alone', async () => {
    const { outTradeNo, prepayId } = await stage.placed()
    await stage.pay(prepayId)
    const before = (await stage.query(outTradeNo)).body
    await stage.advance(MINUTE_MS)
    await askRefund(stage, wish(stage, outTradeNo, part(1)))
    const after = (await stage.query(outTradeNo)).body
    expect(after).toEqual({ ...before, trade_state: 'REFUND', trade_state_desc: '转入退款' })
  })

  test('takes the money from the merchant at once, and gives it to the customer when it succeeds', async () => {
    const start = await stage.balanceOf()
    const { answer } = await asked(part(800))
    expect((await ledger()).balances).toEqual({ [MCHID]: 8_000 })
    expect(await stage.balanceOf()).toBe(start - 8_800)
    await ended(answer['refund_id']!, 'SUCCESS')
    expect(await stage.balanceOf()).toBe(start - 8_000)
  })

  test('that is closed gives the money back to the merchant, and another number may try again', async () => {
    const { outTradeNo, answer } = await asked()
    await ended(answer['refund_id']!, 'CLOSED')
    expect((await ledger()).balances).toEqual({ [MCHID]: 8_800 })
    expect((await askRefund(stage, wish(stage, outTradeNo))).body.status).toBe('PROCESSING')
    expect((await ledger()).balances).toEqual({ [MCHID]: 0 })
  })

  test('asked for twice is one refund, at whatever state it is', async () => {
    const body = wish(stage, await paidOrder(stage), part(100))
    const first = (await askRefund(stage, body)).body
    await stage.advance(REFUND_MS)
    const second = (await askRefund(stage, body)).body
    expect([second.refund_id, second.status]).toEqual([first.refund_id, 'SUCCESS'])
    expect((await ledger()).refunds).toHaveLength(1)
  })

  test('that was refused for want of money succeeds under the same number after a top-up', async () => {
    const body = wish(stage, await paidOrder(stage))
    await stage.sandbox.control('/transfers', { mchid: MCHID, amountFen: -1 })
    expect((await askRefund(stage, body)).body.code).toBe('NOT_ENOUGH')
    await stage.sandbox.control('/transfers', { mchid: MCHID, amountFen: 1 })
    expect((await askRefund(stage, body)).body.status).toBe('PROCESSING')
  })

  test('of a partner is of the sub-merchant: its balance, its notification', async () => {
    const body = { ...(await partnerWish(stage)), notify_url: stage.receiver.url }
    await stage.receiver.arrived(1)
    stage.receiver.received.length = 0
    expect((await ledger()).balances).toEqual({ '1900000013': 8_800 })
    await askRefund(stage, body, '1900000003')
    expect((await ledger()).balances).toEqual({ '1900000013': 0 })
    await stage.advance(REFUND_MS)
    const { resource } = await notified('1900000003')
    expect(resource).toMatchObject({
      sp_mchid: '1900000003',
      sub_mchid: '1900000013',
      refund_status: 'SUCCESS',
    })
    expect(resource).not.toHaveProperty('mchid')
  })
})

describe('the notification of a refund', () => {
  test.each([
    ['SUCCESS', '退款成功', { success_time: expect.stringMatching(/\+08:00$/) }],
    ['ABNORMAL', '退款异常', {}],
    ['CLOSED', '退款关闭', {}],
  ])('that ended %s says so in the words of refunds', async (end, summary, successTime) => {
    const { outTradeNo, answer } = await asked(part(100))
    await ended(answer['refund_id']!, end)
    const { event, resource } = await notified()
    expect(event).toMatchObject({
      event_type: `REFUND.${end}`,
      summary,
      resource: { original_type: 'refund', associated_data: 'refund' },
    })
    expect(resource).toEqual({
      mchid: MCHID,
      out_trade_no: outTradeNo,
      transaction_id: answer['transaction_id'],
      out_refund_no: answer['out_refund_no'],
      refund_id: answer['refund_id'],
      refund_status: end,
      ...successTime,
      user_received_account: '支付用户零钱',
      amount: { total: 8_800, refund: 100, payer_total: 8_800, payer_refund: 100 },
    })
  })

  test('comes by itself when the refund is due, and climbs the same ladder', async () => {
    stage.receiver.answerWith(500)
    await asked()
    await stage.advance(REFUND_MS)
    await stage.receiver.arrived(1)
    await until(
      async () => (await stage.sandbox.control('/notifications')).body.notifications[1].attemptCount === 1,
    )
    stage.receiver.answerWith(204)
    await stage.advance(15_000)
    await stage.receiver.arrived(2)
  })

  test('has weather of its own: a rule for payments does not lose it', async () => {
    await asked()
    await stage.sandbox.control('/rules', { match: { api: 'notify' }, effect: { lose: true } })
    const rule = { match: { api: 'refund-notify', times: 1 }, effect: { alter: { refund_status: 'CLOSED' } } }
    await stage.sandbox.control('/rules', rule)
    await stage.advance(REFUND_MS)
    expect((await notified()).resource.refund_status).toBe('CLOSED')
  })

  test('is not sent when the refund named no address', async () => {
    await asked({ notify_url: null })
    await stage.advance(REFUND_MS)
    await until(async () => (await ledger()).refunds[0].status === 'SUCCESS')
    const { notifications } = (await stage.sandbox.control('/notifications')).body
    expect(notifications.map((one: { eventType: string }) => one.eventType)).toEqual(['TRANSACTION.SUCCESS'])
  })
})

describe('weather', () => {
  test('decides how a refund ends', async () => {
    await stage.sandbox.control('/rules', { match: { api: 'refund' }, effect: { refundEnd: 'ABNORMAL' } })
    const { answer } = await asked()
    await stage.advance(REFUND_MS)
    expect((await queried(answer['out_refund_no']!)).body.status).toBe('ABNORMAL')
  })

  test('loses the answer of a refund that was made: asking again finds it', async () => {
    const outTradeNo = await paidOrder(stage)
    const body = wish(stage, outTradeNo)
    await stage.sandbox.control('/rules', { match: { api: 'refund', times: 1 }, effect: { dropAfter: true } })
    await expect(askRefund(stage, body)).rejects.toThrow('fetch failed')
    const { refunds } = await ledger()
    expect((await askRefund(stage, body)).body.refund_id).toBe(refunds[0].refundId)
  })

  test('finds the order of a refund by whatever number the call names', async () => {
    const { outTradeNo, answer } = await asked(part(100))
    await stage.sandbox.control('/rules', { match: { outTradeNo }, effect: { error: 'SYSTEM_ERROR' } })
    expect((await queried(answer['out_refund_no']!)).status).toBe(500)
    const { transaction_id: transactionId } = answer
    const byTransaction = wish(stage, '', { out_trade_no: undefined, transaction_id: transactionId })
    expect((await askRefund(stage, byTransaction)).status).toBe(500)
  })
})

describe('an abnormal refund', () => {
  test('goes to another card of the customer and succeeds', async () => {
    const start = await stage.balanceOf()
    const { body } = await applyAgain(stage)
    expect(body).toMatchObject({
      status: 'PROCESSING',
      channel: 'OTHER_BANKCARD',
      user_received_account: 'CMB借记卡4567',
    })
    await stage.advance(REFUND_MS)
    expect((await queried(body.out_refund_no)).body.status).toBe('SUCCESS')
    expect(await stage.balanceOf()).toBe(start)
  })

  test("goes to the merchant's bank, and the customer gets nothing from WeChat", async () => {
    const start = await stage.balanceOf()
    const card = { bank_type: null, bank_account: null, real_name: null }
    const { body } = await applyAgain(stage, { changes: { type: 'MERCHANT_BANK_CARD', ...card } })
    await stage.advance(REFUND_MS)
    expect((await queried(body.out_refund_no)).body.status).toBe('SUCCESS')
    expect(await stage.balanceOf()).toBe(start - 8_800)
  })
})

describe("on WeChat's own platform", () => {
  test('a person gives back what is left, without the API, and is notified where they said', async () => {
    const { outTradeNo } = await asked({ ...part(800), notify_url: null })
    await stage.advance(MINUTE_MS)
    const made = await stage.sandbox.control('/refunds', {
      mchid: MCHID,
      outTradeNo,
      notifyUrl: stage.receiver.url,
    })
    expect(made.body).toMatchObject({ amountFen: 8_000, onPlatform: true, status: 'PROCESSING' })
    await stage.advance(REFUND_MS)
    expect((await notified()).resource).toMatchObject({ out_trade_no: outTradeNo, refund_status: 'SUCCESS' })
    expect((await queried(made.body.outRefundNo)).body.amount.refund).toBe(8_000)
    expect((await askRefund(stage, wish(stage, outTradeNo, part(1)))).body.code).toBe('INVALID_REQUEST')
  })

  test('the same rules hold', async () => {
    const { outTradeNo } = await asked()
    const again = await stage.sandbox.control('/refunds', { mchid: MCHID, outTradeNo })
    expect([again.status, again.body.message]).toEqual([422, expect.stringContaining('INVALID_REQUEST')])
    const unknown = await stage.sandbox.control('/refunds', { mchid: MCHID, outTradeNo: 'NOTHING' })
    expect(unknown.status).toBe(404)
  })

  test('a refund ends once', async () => {
    const { answer } = await asked()
    expect((await ended(answer['refund_id']!, 'ABNORMAL')).body.status).toBe('ABNORMAL')
    expect((await ended(answer['refund_id']!, 'SUCCESS')).status).toBe(409)
  })

  test('nobody withdraws more than is there', async () => {
    expect((await stage.sandbox.control('/transfers', { mchid: MCHID, amountFen: -1 })).status).toBe(422)
    expect((await stage.sandbox.control('/transfers', { mchid: 'x', amountFen: 1 })).status).toBe(404)
  })
})

describe('what is kept', () => {
  test('a restored snapshot has its refunds, balances and what is still under way', async () => {
    const { answer } = await asked(part(800))
    await stage.sandbox.control('/transfers', { mchid: MCHID, amountFen: 5 })
    const before = await ledger()
    const { id } = (await stage.sandbox.control('/snapshot', {})).body
    await ended(answer['refund_id']!, 'CLOSED')
    await stage.receiver.arrived(1)
    stage.receiver.received.length = 0
    await stage.sandbox.control('/reset', {})
    expect(await ledger()).toEqual({ trades: [], refunds: [], alipayTrades: [], balances: {}, frozen: {} })
    await stage.sandbox.control('/restore', { id })
    expect(await ledger()).toEqual(before)
    await stage.advance(REFUND_MS)
    expect((await notified()).resource.refund_status).toBe('SUCCESS')
  })

  test('a restart finds refunds, balances, and ends what was under way', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-refunds-'))
    const first = await openStage({ dataDir })
    await first.sandbox.control('/clock', { frozen: true })
    const outTradeNo = await paidOrder(first)
    const body = wish(first, outTradeNo, part(300))
    const closed = (await askRefund(first, body)).body
    await first.sandbox.control(`/refunds/${closed.refund_id}`, { end: 'CLOSED' })
    await askRefund(first, wish(first, outTradeNo, part(500)))
    await first.sandbox.control('/transfers', { mchid: MCHID, amountFen: 70 })
    const before = await ledger(first)
    await first.close()
    const second = await openStage({ dataDir })
    expect(await ledger(second)).toEqual(before)
    expect(before.balances).toEqual({ [MCHID]: 8_370 })
    await second.advance(REFUND_MS)
    expect((await ledger(second)).refunds.map(({ status }: { status: string }) => status)).toEqual([
      'CLOSED',
      'SUCCESS',
    ])
    await second.close()
    rmSync(dataDir, { recursive: true })
  })
})
