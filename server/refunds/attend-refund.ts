import { limits } from '../config/limits.ts'
import { ChannelRefused, isKind } from '../shared/errors.ts'
import { transact } from '../store/database.ts'
import { findPayment } from '../store/payments.ts'
import { findRefund, lockRefund, moveRefund, noteRefund, noteSend } from '../store/refunds.ts'
import type { PaymentRow, RefundRow } from '../store/tables.ts'
import { keepTrouble } from './keep-trouble.ts'
import { lookAgain } from './look-again.ts'
import { refundChannelOf, type RefundDeps } from './refund-deps.ts'
import { nextDoubtCheckAt, nextRefundCheckAt } from './refund-ladder.ts'
import { refundSnapshot } from './refund-snapshot.ts'
import { settleRefund } from './settle-refund.ts'

/**
 * Takes one refund a step further, whoever holds it now: sends it, or asks what became of it. A channel that does not
 * answer leaves it as it is; the next look is noted in any case.
 */
export async function attendRefund(deps: RefundDeps, refund: RefundRow): Promise<void> {
  const payment = (await findPayment(deps.db, refund.order_id, refund.out_trade_no)) as PaymentRow
  try {
    if (refund.state === 'created') await sendFirst(deps, payment, refund)
    else if (!(await askAbout(deps, payment, refund)) && refund.state === 'submitted')
      await (refund.doubted_at ? learnFromAbsence(deps, payment, refund) : sendAgain(deps, payment, refund))
  } catch (error) {
    if (!isKind(error, 'ChannelUnknown') && !isKind(error, 'ChannelRefused')) throw error
  }
  await noteNextLook(deps, refund)
}

async function noteNextLook({ db, clock }: RefundDeps, refund: RefundRow): Promise<void> {
  const now = clock.now()
  const known = (await findRefund(db, refund.order_id, refund.out_refund_no)) as RefundRow
  const at = known.doubted_at
    ? nextDoubtCheckAt(known.doubted_at, now)
    : nextRefundCheckAt(known.submitted_at ?? now, now)
  await noteRefund(db, refund, { next_check_at: at })
}

/** From here on the channel may have it: that is written down before it is asked. */
async function sendFirst(deps: RefundDeps, payment: PaymentRow, refund: RefundRow): Promise<void> {
  const now = deps.clock.now()
  const patch = { submitted_at: now, next_check_at: refund.next_check_at, unanswered_count: 1 }
  const submitted = await moveRefund(deps.db, refund, 'submitted', now, patch, { from: 'us' })
  if (submitted) await send(deps, payment, submitted)
}

async function sendAgain(deps: RefundDeps, payment: PaymentRow, refund: RefundRow): Promise<void> {
  const noted = await noteSend(deps.db, refund)
  if (noted) await send(deps, payment, noted)
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
    await learnFromRefusal(deps, payment, refund, error)
  }
}

/** True: the channel knows it, and what it said is settled. */
async function askAbout(deps: RefundDeps, payment: PaymentRow, refund: RefundRow): Promise<boolean> {
  const found = await refundChannelOf(deps, payment.channel).queryRefund(refundSnapshot(payment, refund))
  if (found) await settleRefund(deps, found, { from: 'query' })
  return found !== null
}

/**
 * A verified no. A balance that is short may be filled up: the refund waits, and nobody else may have its money. Any other
 * refusal is final when every send is answered by it; else an earlier one may have been carried out, and the channel is
 * asked for a while before the refusal counts.
 */
async function learnFromRefusal(
  deps: RefundDeps,
  payment: PaymentRow,
  sent: RefundRow,
  refusal: ChannelRefused,
): Promise<void> {
  const now = deps.clock.now()
  const isRefused = await transact(deps.db, async (writer) => {
    const refund = await lockRefund(writer, sent.order_id, sent.out_refund_no)
    if (refund?.state !== 'submitted') return false
    // The transport's own first send, which `earlierUnknown` tells of, stays unanswered in place of the refused repeat.
    const unanswered = Math.max(0, (refund.unanswered_count ?? 1) - (refusal.earlierUnknown ? 0 : 1))
    const patch = { refusal: refusal.channelCode, unanswered_count: unanswered }
    await noteRefund(writer, refund, patch)
    if (refusal.channelCode === 'NOT_ENOUGH') return false
    if (unanswered > 0) {
      await noteRefund(writer, refund, { doubted_at: now, absent_count: 0 })
      return false
    }
    const evidence = { from: 'refund', channelCode: refusal.channelCode, httpStatus: refusal.httpStatus }
    await refuse(writer, refund, now, patch, evidence)
    return true
  })
  if (isRefused) await lookAgain(deps, payment, { refused: sent })
}

/** The channel does not know a refund whose refusal is doubted. Often enough, and long enough, and the refusal counts. */
async function learnFromAbsence(deps: RefundDeps, payment: PaymentRow, asked: RefundRow): Promise<void> {
  const now = deps.clock.now()
  const isRefused = await transact(deps.db, async (writer) => {
    const refund = await lockRefund(writer, asked.order_id, asked.out_refund_no)
    if (refund?.state !== 'submitted' || !refund.doubted_at) return false
    const absent = refund.absent_count + 1
    await noteRefund(writer, refund, { absent_count: absent })
    const isLong = now.getTime() - refund.doubted_at.getTime() >= limits.refundDoubtMs
    if (!isLong || absent < limits.refundDoubtAbsentCount) return false
    const patch = { refusal: refund.refusal, unanswered_count: 0 }
    const evidence = { from: 'query', channelCode: refund.refusal, absentCount: absent }
    await refuse(writer, refund, now, patch, evidence)
    return true
  })
  if (isRefused) await lookAgain(deps, payment, { refused: asked })
}

async function refuse(
  writer: Parameters<typeof keepTrouble>[0],
  refund: RefundRow,
  now: Date,
  patch: Pick<RefundRow, 'refusal' | 'unanswered_count'>,
  evidence: Record<string, unknown>,
): Promise<void> {
  const refused = await moveRefund(writer, refund, 'refused', now, patch, evidence)
  if (refused) await keepTrouble(writer, refused, now)
}
