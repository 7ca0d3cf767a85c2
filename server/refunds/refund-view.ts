import type { Refund, RefundRequest, RequestedRefund } from '../../contract/refund.ts'
import type { RefundRequestRow, RefundRow } from '../store/tables.ts'
import { cameToNothing, type RefundState } from './refund-state.ts'

/** The refunds that a customer sees: on their way or there. One that WeChat refused moved nothing. */
export const toRefunds = (refunds: RefundRow[]): Refund[] =>
  refunds.filter(({ state }) => !cameToNothing(state)).map(toRefund)

const toRefund = (refund: RefundRow): Refund => ({
  id: refund.out_refund_no,
  paymentId: refund.out_trade_no,
  state: refund.state === 'succeeded' ? 'succeeded' : 'processing',
  surplus: refund.origin === 'surplus',
  amountFen: refund.amount_fen,
  createdAt: refund.created_at.toISOString(),
  succeededAt: refund.succeeded_at?.toISOString() ?? null,
  submittedAt: refund.submitted_at?.toISOString() ?? null,
  reason: refund.reason,
  receivedAccount: refund.received_account,
  goesTo: kindOfAccount(refund.received_account),
})

/** https://pay.weixin.qq.com/doc/v3/merchant/4012810601: "支付用户零钱", or bank, kind of card and its last digits. */
function kindOfAccount(account: string | null): Refund['goesTo'] {
  if (account === null) return 'unknown'
  if (/零钱|余额/.test(account)) return 'balance'
  return /卡/.test(account) ? 'card' : 'unknown'
}

const outcomes: Record<RefundState, RequestedRefund['outcome']> = {
  created: 'underway',
  submitted: 'underway',
  processing: 'underway',
  succeeded: 'succeeded',
  abnormal: 'abnormal',
  closed: 'failed',
  refused: 'failed',
}

/**
 * The refund that an approved request led to, out of the order's refunds, oldest first: the one that was opened for it, or
 * the newest of the same payment that took its place after it came to nothing, or, when all was back already, the newest.
 */
export function refundOfRequest(
  request: RefundRequestRow,
  refunds: RefundRow[],
  keptNumber: string | undefined,
): RefundRow | undefined {
  if (request.state !== 'approved') return undefined
  const own = refunds.find((one) => one.idempotency_key === request.request_id)
  if (own && !cameToNothing(own.state)) return own
  const number = own?.out_trade_no ?? keptNumber
  const instead = refunds.findLast(
    (one) =>
      one.out_trade_no === number &&
      !cameToNothing(one.state) &&
      one.created_at >= (own?.created_at ?? one.created_at),
  )
  return instead ?? own
}

/** A customer's request, the shop's answer, and what became of it. */
export const toRefundRequest = (
  row: RefundRequestRow & { ended_at?: Date | null },
  refund: RefundRow | undefined,
): RefundRequest => ({
  id: row.request_id,
  state: row.state,
  reason: row.reason,
  reply: row.reply,
  refund: refund
    ? { id: refund.out_refund_no, amountFen: refund.amount_fen, outcome: outcomes[refund.state] }
    : null,
  createdAt: row.created_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
})
