import type { Payment, PaymentView } from '../../contract/payment.ts'
import type { PaymentRow } from '../store/tables.ts'
import { paymentDisplayState } from '../orders/display-state.ts'
import type { PaymentSnapshot } from './payment-channel.ts'
import { mayBePaying } from './payment-result.ts'

/** A payment as its customer sees it: no appid, no openid, no prepay_id. */
export const toPayment = (payment: PaymentRow, now: Date): Payment => ({
  id: payment.out_trade_no,
  orderId: payment.order_id,
  state: payment.state,
  displayState: paymentDisplayState({
    state: payment.state,
    kept: payment.kept,
    paying: mayBePaying(payment, now),
    amountFen: payment.amount_fen,
    refundedFen: payment.refunded_fen,
    refundingFen: payment.reserved_fen,
  }),
  entryCode: payment.entry_code,
  entryKind: payment.entry_kind,
  amountFen: payment.amount_fen,
  createdAt: payment.created_at.toISOString(),
  expiresAt: payment.expires_at.toISOString(),
  paidAt: payment.paid_at?.toISOString() ?? null,
})

export const toPaymentView = (payment: PaymentRow, now: Date): PaymentView => ({
  ...toPayment(payment, now),
  description: payment.description,
  way: payment.way,
  serverTime: now.toISOString(),
})

/** The identities that the channel is asked with: the payment's own, never today's entry. */
export const snapshotOf = (payment: PaymentRow): PaymentSnapshot => ({
  outTradeNo: payment.out_trade_no,
  mode: payment.mode,
  mchid: payment.mchid,
  appid: payment.appid,
  subMchid: payment.sub_mchid,
  subAppid: payment.sub_appid,
  way: payment.way,
  openid: payment.openid,
  payerIp: payment.payer_ip,
  amountFen: payment.amount_fen,
  description: payment.description,
  expiresAt: payment.expires_at,
  notifyUrl: payment.notify_url,
})
