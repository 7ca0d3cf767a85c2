import { KindError } from '../shared/errors.ts'
import { yuan } from '../shared/fen.ts'
import { transact, type Writer } from '../store/database.ts'
import { lockOrder, moveOrder } from '../store/orders.ts'
import { lockCurrentPayment } from '../store/payments.ts'
import type { OrderRow, PaymentRow } from '../store/tables.ts'
import { assertWithinAllowance, spendAllowance } from './allowance.ts'
import { closePayment } from './close-payment.ts'
import type { PaymentDeps, SettleDeps } from './payment-deps.ts'
import { retireCurrent } from './retire-payment.ts'

/** What an unpaid order is to cost from now on, by an operator's word. */
export interface PriceWish {
  orderId: string
  totalFen: number
  reason: string
  by: string
}

/**
 * Changes an unpaid order's total. The attempt that is open at the old amount is asked about and closed first; each payment
 * keeps the amount it was made with, the next one is a new number. What still comes in at another amount than the order's is
 * surplus and goes back. Throws NotFound, NotAllowed (cheaper by more than the operator's limit), Conflict (paid, closed,
 * just being paid); the total is as it was then.
 */
export async function repriceOrder(deps: PaymentDeps, wish: PriceWish): Promise<void> {
  const retired = await transact(deps.db, (writer) => retireOldPrice(deps, writer, wish))
  if (retired) await closePayment(deps, retired.order_id, retired.out_trade_no)
  await transact(deps.db, async (writer) => {
    const order = await lockUnpaid(deps, writer, wish.orderId)
    if (await lockCurrentPayment(writer, wish.orderId))
      throw new KindError('Conflict', '顾客刚刚又发起了支付，价格没有改动，请再试一次。')
    const { totalFen, reason, by } = wish
    const cheaperByFen = order.total_fen - totalFen
    if (cheaperByFen > 0) await spendAllowance(deps, writer, { by, amountFen: cheaperByFen })
    const evidence = { by, reason, fromFen: order.total_fen, toFen: totalFen }
    await moveOrder(writer, order, 'repriced', deps.clock.now(), { total_fen: totalFen }, evidence)
  })
}

/** The attempt that takes money at the old amount, on its way out now. */
async function retireOldPrice(
  deps: PaymentDeps,
  writer: Writer,
  { orderId, totalFen, by }: PriceWish,
): Promise<PaymentRow | undefined> {
  const order = await lockUnpaid(deps, writer, orderId)
  if (order.total_fen === totalFen)
    throw new KindError('Conflict', `这个订单已经是 ${yuan(totalFen)}，不用改。`)
  const cheaperByFen = order.total_fen - totalFen
  if (cheaperByFen > 0) await assertWithinAllowance(deps, writer, { by, amountFen: cheaperByFen })
  return retireCurrent(writer, orderId, 'another price', deps.clock.now())
}

async function lockUnpaid(deps: SettleDeps, writer: Writer, orderId: string): Promise<OrderRow> {
  const order = await lockOrder(writer, orderId)
  if (!order) throw new KindError('NotFound', '没有这个订单，请核对订单号。')
  if (order.state === 'paid')
    throw new KindError('Conflict', '这个订单已经付款，价格没有改动；要退差价请用退款。', {
      code: 'order-paid',
    })
  if (order.cancel_asked_at !== null)
    throw new KindError('Conflict', '顾客已取消这个订单，不能改价，请顾客重新下单。', {
      code: 'order-closed',
    })
  if (order.state === 'closed' || deps.clock.now() >= order.expires_at)
    throw new KindError('Conflict', '这个订单已超时关闭，不能改价，请顾客重新下单。', {
      code: 'order-closed',
    })
  return order
}
