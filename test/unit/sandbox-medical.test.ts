import { beforeEach, describe, expect, test } from 'vitest'
import { decrypt } from '../support/sandbox-client.ts'
import {
  CASH_ONLY,
  INSURANCE_ONLY,
  medicalBody,
  orderMedical,
  payMedical,
  postMedical,
  queryMedical,
  tellRefund,
} from '../support/sandbox-rules/medical-requests.ts'
import { askRefund, wish } from '../support/sandbox-rules/refund-requests.ts'
import { MCHID, MINUTE_MS, SECOND_MS } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'
import { until } from '../support/until.ts'

/** Bills that the insurance and the patient pay together. */
const stage = sandboxStage()
beforeEach(() => stage.sandbox.control('/clock', { frozen: true }))

const statuses = (body: Record<string, string>) => [
  body['mix_pay_status'],
  body['self_pay_status'],
  body['med_ins_pay_status'],
]
const stateOf = async (mixTradeNo: string) =>
  statuses((await queryMedical(stage, `mix-trade-no/${mixTradeNo}`)).body)

describe('a medical insurance order', () => {
  test('is paid in both parts by one act, and the purse gives the cash part only', async () => {
    const body = await medicalBody(stage)
    const { body: made } = await postMedical(stage, body)
    expect(statuses(made)).toEqual(['MIX_PAY_CREATED', 'SELF_PAY_CREATED', 'MED_INS_PAY_CREATED'])
    const before = await stage.balanceOf()
    const cashier = await stage.launch(String(body['prepay_id']), { mixTradeNo: made.mix_trade_no })
    expect(cashier.body).toMatchObject({ amountFen: 8_800, insuranceFen: 10_000, description: '城南医院' })
    await stage.sandbox.control(`/cashier/${cashier.body.cashierId}`, { outcome: 'paid' })
    expect(before - (await stage.balanceOf())).toBe(8_800)
    expect(await stateOf(made.mix_trade_no)).toEqual([
      'MIX_PAY_SUCCESS',
      'SELF_PAY_SUCCESS',
      'MED_INS_PAY_SUCCESS',
    ])
    expect((await stage.query(String(body['out_trade_no']))).body.trade_state).toBe('SUCCESS')
  })

  test.each([
    ['of cash only', CASH_ONLY, ['MIX_PAY_SUCCESS', 'SELF_PAY_SUCCESS', 'NO_MED_INS_PAY']],
    ['of insurance only', INSURANCE_ONLY, ['MIX_PAY_SUCCESS', 'NO_SELF_PAY', 'MED_INS_PAY_SUCCESS']],
  ])('%s is paid as such', async (_name, changes, wanted) => {
    const { mix_trade_no: mixTradeNo } = (await orderMedical(stage, changes)).body
    expect((await payMedical(stage, mixTradeNo)).body).toEqual({ result: 'ok' })
    expect(await stateOf(mixTradeNo)).toEqual(wanted)
    expect((await payMedical(stage, mixTradeNo)).body.errMsg).toBe('该订单已支付')
  })

  test('is told to callback_url in the shape of the query, without who the payer is', async () => {
    const { body: made } = await orderMedical(stage, INSURANCE_ONLY)
    await payMedical(stage, made.mix_trade_no)
    const [notification] = await stage.receiver.arrived(1)
    const { event_type: type, resource } = JSON.parse(notification!.body.toString())
    expect(type).toBe('MEDICAL_INSURANCE.SUCCESS')
    const told = JSON.parse(decrypt(stage.sandbox.merchant(MCHID).apiV3Key, resource))
    expect(told).toEqual((await queryMedical(stage, `out-trade-no/${made.out_trade_no}`)).body)
    expect(told).not.toHaveProperty('payer')
  })

  test('is told three times within thirty seconds, and then no more', async () => {
    stage.receiver.answerWith(500)
    const { mix_trade_no: mixTradeNo } = (await orderMedical(stage, INSURANCE_ONLY)).body
    await payMedical(stage, mixTradeNo)
    const attempts = async () =>
      (await stage.sandbox.control('/notifications')).body.notifications[0].attemptCount
    for (const count of [1, 2, 3]) {
      await until(async () => (await attempts()) === count)
      await stage.advance(15 * SECOND_MS)
    }
    await stage.advance(60 * MINUTE_MS)
    const { notifications, pending } = (await stage.sandbox.control('/notifications')).body
    expect([notifications[0].state, pending]).toEqual(['given-up', 0])
  })

  test('is refunded when both parts were', async () => {
    const body = await medicalBody(stage)
    const { mix_trade_no: mixTradeNo } = (await postMedical(stage, body)).body
    await payMedical(stage, mixTradeNo)
    expect((await tellRefund(stage, mixTradeNo)).status).toBe(204)
    expect(await stateOf(mixTradeNo)).toEqual(['MIX_PAY_SUCCESS', 'SELF_PAY_SUCCESS', 'MED_INS_PAY_REFUND'])
    await askRefund(stage, wish(stage, String(body['out_trade_no'])))
    expect(await stateOf(mixTradeNo)).toEqual(['MIX_PAY_REFUND', 'SELF_PAY_REFUND', 'MED_INS_PAY_REFUND'])
  })

  test('fails with its cash part', async () => {
    const body = await medicalBody(stage)
    const { mix_trade_no: mixTradeNo } = (await postMedical(stage, body)).body
    await stage.closeOrder(String(body['out_trade_no']))
    expect((await stateOf(mixTradeNo))[0]).toBe('MIX_PAY_FAIL')
    expect((await payMedical(stage, mixTradeNo)).body.errMsg).toBe('该订单已失效')
  })

  test('outlives a snapshot', async () => {
    const { mix_trade_no: mixTradeNo } = (await orderMedical(stage)).body
    const { id } = (await stage.sandbox.control('/snapshot', {})).body
    await stage.sandbox.control('/restore', { id })
    expect((await payMedical(stage, mixTradeNo)).body).toEqual({ result: 'ok' })
    expect((await stateOf(mixTradeNo))[0]).toBe('MIX_PAY_SUCCESS')
  })
})
