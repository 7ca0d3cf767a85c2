import { orderIdOf } from '../shared/id.ts'
import { keepAnomaly } from '../store/anomalies.ts'
import { transact, type Database, type Writer } from '../store/database.ts'
import { lockOrder, moveOrder } from '../store/orders.ts'
import { findPayment, keptUnlessAnother, lockPayment, movePayment } from '../store/payments.ts'
import type { OrderRow, PaymentRow } from '../store/tables.ts'
import { orderMachine } from '../orders/order-state.ts'
import { holdStockAgain } from '../orders/order-stock.ts'
import { differences } from './match-trade.ts'
import type { ChannelTrade } from './payment-channel.ts'
import type { SettleDeps } from './payment-deps.ts'
import { paidEventOf, paymentMachine, type PaymentEvent } from './payment-state.ts'
import { snapshotOf } from './payment-view.ts'
import { retireCurrent } from './retire-payment.ts'

/** Where a verified trade came from. */
export type Evidence = { from: 'notification'; notificationId: string } | { from: 'query' | 'close' }

/**
 * applied: a state changed. unchanged: known already, or nothing final in it.
 * mismatch, orphan: kept as an anomaly for an operator; nothing was fulfilled.
 */
export type Settlement = 'applied' | 'unchanged' | 'mismatch' | 'orphan'

/**
 * Records what the channel has proven about a payment. The only way to "paid": notifications, queries and closes all
 * end here, in any order and as often as they like. `trade` comes out of a verified answer.
 */
export async function settlePayment(
  deps: SettleDeps,
  trade: ChannelTrade,
  evidence: Evidence,
): Promise<Settlement> {
  const orderId = orderIdOf(trade.outTradeNo)
  const payment = orderId ? await findPayment(deps.db, orderId, trade.outTradeNo) : undefined
  const anomaly = (kind: 'orphan' | 'mismatch', particulars: Record<string, unknown>) =>
    keepAnomaly(deps.db, {
      orderId: orderId ?? '',
      outTradeNo: trade.outTradeNo,
      kind,
      evidenceId: evidence.from === 'notification' ? evidence.notificationId : evidence.from,
      foundAt: deps.clock.now(),
      particulars,
    })
  if (!payment) {
    await anomaly('orphan', { outcome: trade.outcome, mchid: trade.mchid, amountFen: trade.amountFen })
    return 'orphan'
  }
  const fields = differences(snapshotOf(payment), trade)
  if (fields.length > 0) {
    await anomaly('mismatch', { fields, outcome: trade.outcome, amountFen: trade.amountFen })
    return 'mismatch'
  }
  switch (trade.outcome) {
    case 'paid':
    case 'paid-then-refunded':
      return settlePaid(deps, payment, trade, evidence)
    case 'unpaid':
      return 'unchanged'
    case 'closed':
      return settleOver(deps, payment, 'closedAtChannel', evidence)
    case 'failed':
      return settleOver(deps, payment, 'failedAtChannel', evidence)
  }
}

/**
 * Money is there. The first paid payment of what an order costs is kept and pays it; the order's lock makes "first" one.
 * Another one is surplus: the sweep gives it back (`surplusPayments`).
 */
async function settlePaid(
  deps: SettleDeps,
  seen: PaymentRow,
  trade: ChannelTrade,
  evidence: Evidence,
): Promise<Settlement> {
  if (seen.state === 'paid') return 'unchanged'
  return transact(deps.db, async (writer) => {
    const order = (await lockOrder(writer, seen.order_id)) as OrderRow
    // Read under the lock, so that times in the history follow the order of the steps.
    const now = deps.clock.now()
    const payment = (await lockPayment(writer, seen.order_id, seen.out_trade_no)) as PaymentRow
    const event = paidEventOf(payment.state)
    if (!event) return 'unchanged'
    const proof = { ...evidence, transactionId: trade.transactionId, outcome: trade.outcome }
    const paid = await movePayment(
      writer,
      payment,
      event,
      now,
      {
        // An amount that the order does not cost any more pays nothing.
        kept: payment.amount_fen === order.total_fen && keptUnlessAnother(order.order_id),
        transaction_id: trade.transactionId,
        paid_at: trade.paidAt,
        paid_by: trade.openid,
      },
      proof,
    )
    const isPartlyBack = trade.outcome === 'paid-then-refunded'
    if (paid?.kept) await payOrder(writer, order, paid, now, proof, isPartlyBack ? 'later' : 'now')
    if (isPartlyBack)
      await keepUnknownRefund(writer, payment, now, paid?.kept ? { holdsOrderPaid: true } : {})
    return 'applied'
  })
}

/**
 * The order is paid, in time or after it had closed. Its other attempt that takes money, if there is one, is closed. tell
 * later: subscribers are told when the anomaly ends that says how much of it is back already.
 */
async function payOrder(
  writer: Writer,
  order: OrderRow,
  paid: PaymentRow,
  now: Date,
  proof: Record<string, unknown>,
  tell: 'now' | 'later',
): Promise<void> {
  const event = orderMachine.next(order.state, 'paid') ? 'paid' : 'paidLate'
  await moveOrder(writer, order, event, now, { paid_at: paid.paid_at, closed_at: null }, proof, tell)
  if (event === 'paidLate') await holdStockAgain(writer, paid, now)
  if (order.payment_count > 1) await retireCurrent(writer, order.order_id, 'order over', now)
}

/**
 * The channel gave back something that we know nothing of; a trade does not say under which number. Once for what a trade
 * says, and once for each refund of ours that was `refused` because of it.
 */
export const keepUnknownRefund = (
  db: Database,
  payment: PaymentRow,
  at: Date,
  particulars: { refused?: string; holdsOrderPaid?: true } = {},
) =>
  keepAnomaly(db, {
    orderId: payment.order_id,
    outTradeNo: payment.out_trade_no,
    kind: 'unknown-refund',
    evidenceId: particulars.refused ?? 'trade',
    foundAt: at,
    particulars: { amountFen: payment.amount_fen, ...particulars },
  })

/** The channel will take no money for this payment any more. */
async function settleOver(
  deps: SettleDeps,
  seen: PaymentRow,
  event: Extract<PaymentEvent, 'closedAtChannel' | 'failedAtChannel'>,
  evidence: Evidence,
): Promise<Settlement> {
  return transact(deps.db, async (writer) => {
    const payment = (await lockPayment(writer, seen.order_id, seen.out_trade_no)) as PaymentRow
    if (!paymentMachine.next(payment.state, event)) return 'unchanged'
    await movePayment(writer, payment, event, deps.clock.now(), {}, { ...evidence })
    return 'applied'
  })
}
