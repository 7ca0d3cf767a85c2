import { ChannelRefused, isKind } from '../shared/errors.ts'
import { transact } from '../store/database.ts'
import { findPayment } from '../store/payments.ts'
import { moveRefund, noteRefund } from '../store/refunds.ts'
import type { PaymentRow, RefundRow } from '../store/tables.ts'
import { keepTrouble } from './keep-trouble.ts'
import { refundChannelOf, type RefundDeps } from './refund-deps.ts'
import { nextRefundCheckAt } from './refund-ladder.ts'
import { refundSnapshot } from './refund-snapshot.ts'
import { settleRefund } from './settle-refund.ts'

/**
 * Takes one refund a step further, whoever holds it now: sends it, or asks what became of it. A channel that does not
 * answer leaves it as it is; the next look is noted in any case.
 */
export async function attendRefund(deps: RefundDeps, refund: RefundRow): Promise<void> {
  const payment = (await findPayment(deps.db, refund.order_id, refund.out_trade_no)) as PaymentRow
  const from = refund.submitted_at ?? deps.clock.now()
  try {
    if (refund.state === 'created') await sendFirst(deps, payment, refund)
    else if (!(await askAbout(deps, payment, refund)) && refund.state === 'submitted')
      await send(deps, payment, refund)
  } catch (error) {
    if (!isKind(error, 'ChannelUnknown') && !isKind(error, 'ChannelRefused')) throw error
  }
  await noteRefund(deps.db, refund, { next_check_at: nextRefundCheckAt(from, deps.clock.now()) })
}

/** From here on the channel may have it: that is written down before it is asked. */
async function sendFirst(deps: RefundDeps, payment: PaymentRow, refund: RefundRow): Promise<void> {
  const now = deps.clock.now()
  const patch = { submitted_at: now, next_check_at: refund.next_check_at }
  const submitted = await moveRefund(deps.db, refund, 'submitted', now, patch, { from: 'us' })
  if (submitted) await send(deps, payment, submitted)
}

/** The same number with the same bytes, however often: the channel makes one refund of them. */
async function send(deps: RefundDeps, payment: PaymentRow, refund: RefundRow): Promise<void> {
  try {
    const snapshot = refundSnapshot(payment, refund)
    await settleRefund(
      deps,
      await refundChannelOf(deps, payment.channel).refund(snapshot, refund.request_body!),
      { from: 'refund' },
    )
  } catch (error) {
    if (!(error instanceof ChannelRefused)) throw error
    await learnFromRefusal(deps, refund, error)
  }
}

/** True: the channel knows it, and what it said is settled. */
async function askAbout(deps: RefundDeps, payment: PaymentRow, refund: RefundRow): Promise<boolean> {
  const found = await refundChannelOf(deps, payment.channel).queryRefund(refundSnapshot(payment, refund))
  if (found) await settleRefund(deps, found, { from: 'query' })
  return found !== null
}

/** A verified no. A balance that is short may be filled up: the refund waits, and nobody else may have its money. */
async function learnFromRefusal(deps: RefundDeps, refund: RefundRow, refusal: ChannelRefused): Promise<void> {
  if (refusal.channelCode === 'NOT_ENOUGH')
    return noteRefund(deps.db, refund, { refusal: refusal.channelCode })
  const now = deps.clock.now()
  const evidence = { from: 'refund', channelCode: refusal.channelCode, httpStatus: refusal.httpStatus }
  await transact(deps.db, async (writer) => {
    const patch = { refusal: refusal.channelCode }
    const refused = await moveRefund(writer, refund, 'refused', now, patch, evidence)
    if (refused) await keepTrouble(writer, refused, now)
  })
}
