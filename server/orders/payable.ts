import type { OrderClosure } from '../../contract/problem.ts'
import { limits } from '../config/limits.ts'
import { KindError } from '../shared/errors.ts'
import type { OrderRow } from '../store/tables.ts'

/** What decides whether an order may be paid. */
type Payable = Pick<OrderRow, 'order_id' | 'state' | 'expires_at' | 'cancel_asked_at'>

/** The expiry that an order must have beyond for a cashier to be opened at this moment. */
export const lastMinuteOf = (now: Date): Date => new Date(now.getTime() + limits.payBeforeExpiryMs)

/** The order takes money: it is unpaid and its buyer has not asked to cancel it. Pure. */
export const takesMoney = (order: Pick<Payable, 'state' | 'cancel_asked_at'>): boolean =>
  order.state === 'pending' && order.cancel_asked_at === null

/** Whether a cashier may be opened for this order now: it takes money, and there is time left to pay. Pure. */
export const isPayable = (order: Payable, now: Date): boolean =>
  takesMoney(order) && order.expires_at > lastMinuteOf(now)

/** Throws Conflict `order-paid` or `order-closed` unless the order is payable. The problem names the order, and why it closed. */
export function refuseUnpayable(order: Payable, now: Date): void {
  if (isPayable(order, now)) return
  const orderId = order.order_id
  if (order.state === 'paid')
    throw new KindError('Conflict', '这个订单已经支付成功，无需再次支付。', { code: 'order-paid', orderId })
  const closure = closureOf(order, now)
  throw new KindError('Conflict', closureWords[closure], { code: 'order-closed', orderId, closure })
}

const closureWords: Record<OrderClosure, string> = {
  cancelled: '这个订单已取消，请再次下单。',
  cancelling: '这个订单正在取消，不能再支付。还要的话请再次下单。',
  expired: '这个订单已超时关闭，请再次下单。',
  'last-minute': '离订单关闭不到 1 分钟，已来不及支付，请再次下单。',
}

function closureOf(order: Payable, now: Date): OrderClosure {
  if (order.cancel_asked_at !== null) return order.state === 'closed' ? 'cancelled' : 'cancelling'
  return order.state === 'closed' || now >= order.expires_at ? 'expired' : 'last-minute'
}
