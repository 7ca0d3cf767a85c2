import type { PaymentHint } from '../../contract/payment.ts'
import { limits } from '../config/limits.ts'
import { isKind, KindError } from '../shared/errors.ts'
import { orderIdOf } from '../shared/id.ts'
import { claimAsk, findPayment, noteHint } from '../store/payments.ts'
import type { PaymentRow } from '../store/tables.ts'
import type { PaymentDeps } from './payment-deps.ts'
import { isOpen } from './payment-state.ts'
import { queryPayment } from './query-payment.ts'

/**
 * "Ask WeChat now", from a client that believes something happened. Its hint is noted and proves nothing; at most one
 * query a payment every two seconds goes out, whoever asks. Returns the payment as known afterwards.
 */
export async function askPayment(
  deps: PaymentDeps,
  accountId: string,
  paymentId: string,
  hint: PaymentHint | undefined,
): Promise<PaymentRow> {
  const orderId = orderIdOf(paymentId)
  const payment = orderId ? await findPayment(deps.db, orderId, paymentId) : undefined
  if (!payment || payment.account_id !== accountId)
    throw new KindError('NotFound', '没有找到这笔支付，请到“我的订单”里查看。')
  if (!isOpen(payment.state)) return payment
  if (hint) await noteHint(deps.db, payment, hint, deps.clock.now())
  if (await claimAsk(deps.db, payment, limits.askEveryMs)) await tryQuery(deps, payment)
  return (await findPayment(deps.db, payment.order_id, payment.out_trade_no)) as PaymentRow
}

/** A channel that does not answer leaves the payment open; the ladder asks again. */
async function tryQuery(deps: PaymentDeps, payment: PaymentRow): Promise<void> {
  try {
    await queryPayment(deps, payment)
  } catch (error) {
    if (!isKind(error, 'ChannelUnknown') && !isKind(error, 'ChannelRefused')) throw error
  }
}
