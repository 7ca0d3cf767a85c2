import { beijingTime } from '../world/clock.ts'
import type { MedicalOrder } from '../world/medical-orders.ts'
import type { World } from '../world/world.ts'

/**
 * A medical insurance order as answers and notifications show it: what was ordered, but for who the payer is, and how far
 * each part has come. https://pay.weixin.qq.com/doc/v3/merchant/4016781479
 */
export function medicalAnswer(world: World, order: MedicalOrder): Record<string, unknown> {
  const self = selfStatus(world, order)
  const insurance = insuranceStatus(order)
  return {
    mix_trade_no: order.mixTradeNo,
    mix_pay_status: mixStatus(self, insurance),
    self_pay_status: self,
    med_ins_pay_status: insurance,
    ...(order.paidAtMs !== null && { paid_time: beijingTime(order.paidAtMs) }),
    ...(order.paidAtMs !== null &&
      order.type !== 'CASH_ONLY' && { passthrough_response_content: passed(order) }),
    ...order.shown,
  }
}

function selfStatus({ ledger }: World, { prepayId }: MedicalOrder): string {
  if (prepayId === null) return 'NO_SELF_PAY'
  const trade = ledger.findPrepay(prepayId)?.trade
  const state = trade ? ledger.stateOf(trade) : 'CLOSED'
  const words = { NOTPAY: 'CREATED', SUCCESS: 'SUCCESS', REFUND: 'REFUND', CLOSED: 'FAIL' }
  return `SELF_PAY_${words[state]}`
}

function insuranceStatus({ type, paidAtMs, insuranceRefundedAtMs }: MedicalOrder): string {
  if (type === 'CASH_ONLY') return 'NO_MED_INS_PAY'
  if (insuranceRefundedAtMs !== null) return 'MED_INS_PAY_REFUND'
  return paidAtMs === null ? 'MED_INS_PAY_CREATED' : 'MED_INS_PAY_SUCCESS'
}

/** Refunded is what was given back in both parts. */
function mixStatus(self: string, insurance: string): string {
  const words = [self, insurance].filter((one) => !one.startsWith('NO_')).map((one) => one.split('_').at(-1)!)
  if (words.includes('FAIL')) return 'MIX_PAY_FAIL'
  if (words.includes('CREATED')) return 'MIX_PAY_CREATED'
  return words.every((word) => word === 'REFUND') ? 'MIX_PAY_REFUND' : 'MIX_PAY_SUCCESS'
}

/** What the insurance office would send along. */
function passed({ shown }: MedicalOrder): string {
  const { pay_auth_no: payAuthNo, pay_order_id: payOrdId, geo_location: setlLatlnt } = shown
  return JSON.stringify({ payAuthNo, payOrdId, setlLatlnt })
}
