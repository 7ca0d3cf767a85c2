import { leftFen } from '../payments/payment-result.ts'
import { differences } from '../payments/match-trade.ts'
import type { ChannelTrade } from '../payments/payment-channel.ts'
import { channelOf } from '../payments/payment-deps.ts'
import { keepUnknownRefund } from '../payments/settle-payment.ts'
import { snapshotOf } from '../payments/payment-view.ts'
import { isKind } from '../shared/errors.ts'
import { keepAnomaly, openAnomaliesOf } from '../store/anomalies.ts'
import { transact, type Database } from '../store/database.ts'
import { findPayment, lockPayment } from '../store/payments.ts'
import { refundsOf } from '../store/refunds.ts'
import type { PaymentRow, RefundRow } from '../store/tables.ts'
import { refundChannelOf, type RefundDeps } from './refund-deps.ts'
import { refundSnapshot } from './refund-snapshot.ts'
import { cameToNothing } from './refund-state.ts'
import { settleRefund } from './settle-refund.ts'

/**
 * agrees: the channel says what we know. unknown-refund: it has given back what we know nothing of. mismatch: it says
 * something else about a payment that is paid here. The last two are kept as anomalies. unanswered: it did not say.
 */
export type SecondLook = 'agrees' | 'unknown-refund' | 'mismatch' | 'unanswered'

/**
 * Asks the channel about a payment that is paid here: money may have moved there since it was settled. Refunds that were
 * made on the channel's own platform show only in the trade, which tells neither a number nor (at WeChat Pay) an amount.
 * `refused`: a refund that the channel has just refused, perhaps because its money is back already.
 */
export async function lookAgain(
  deps: RefundDeps,
  payment: PaymentRow,
  { refused }: { refused?: RefundRow } = {},
): Promise<SecondLook> {
  let trade: ChannelTrade | null
  try {
    trade = await channelOf(deps, payment.channel).query(snapshotOf(payment))
  } catch (error) {
    if (isKind(error, 'ChannelUnknown') || isKind(error, 'ChannelRefused')) return 'unanswered'
    throw error
  }
  const fields = differencesFromPaid(payment, trade)
  if (!trade || fields.length > 0) {
    await keepMismatch(deps, payment, trade, fields)
    return 'mismatch'
  }
  if (trade.outcome === 'paid' || (await isExplained(deps, payment, trade, refused))) return 'agrees'
  if (!(await askAboutUncounted(deps, payment, refused))) return 'unanswered'
  return transact(deps.db, async (writer) => {
    // A refund that is recorded at this moment holds the same lock: it explains the trade, or it ends what is kept here.
    await lockPayment(writer, payment.order_id, payment.out_trade_no)
    if (await isExplained({ db: writer }, payment, trade, refused)) return 'agrees'
    if ((await openAnomaliesOf(writer, payment, 'unknown-refund')).length === 0)
      await keepUnknownRefund(
        writer,
        payment,
        deps.clock.now(),
        refused && { refused: refused.out_refund_no },
      )
    return 'unknown-refund'
  })
}

/** Which fields of a trade differ from a payment that is paid. Pure. */
function differencesFromPaid(payment: PaymentRow, trade: ChannelTrade | null): string[] {
  if (!trade) return ['outTradeNo']
  const isPaid = trade.outcome === 'paid' || trade.outcome === 'paid-then-refunded'
  if (!isPaid) return ['state']
  const fields = differences(snapshotOf(payment), trade)
  return trade.transactionId === payment.transaction_id ? fields : [...new Set([...fields, 'transactionId'])]
}

const keepMismatch = (
  { db, clock }: RefundDeps,
  payment: PaymentRow,
  trade: ChannelTrade | null,
  fields: string[],
) =>
  keepAnomaly(db, {
    orderId: payment.order_id,
    outTradeNo: payment.out_trade_no,
    kind: 'mismatch',
    // Once for each thing that the channel says instead.
    evidenceId: `second-look/${trade?.outcome ?? 'absent'}`,
    foundAt: clock.now(),
    particulars: {
      of: 'paid-payment',
      fields,
      outcome: trade?.outcome ?? 'absent',
      amountFen: payment.amount_fen,
    },
  })

/**
 * Refusals that say "more than can be given back", among other things. The amount fits what we know, or it would not have
 * been asked for: so something that we do not know has gone back.
 */
const TOO_MUCH: ReadonlySet<string> = new Set([
  'INVALID_REQUEST',
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL',
  'ACQ.REASON_TRADE_REFUND_FEE_ERR',
])

/**
 * Whether the refunds that we know are what the trade tells of. WeChat Pay says only that there was one at least, so one
 * that it has accepted explains it; a refused or unsent refund never does. Where the channel tells how much went back,
 * ours must add up to it.
 */
async function isExplained(
  { db }: Pick<RefundDeps, 'db'>,
  payment: PaymentRow,
  trade: ChannelTrade,
  refused: RefundRow | undefined,
): Promise<boolean> {
  const refunds = (await refundsOf(db, [payment.order_id])).filter(
    ({ out_trade_no: number }) => number === payment.out_trade_no,
  )
  const accepted = refunds.filter(({ refund_id: id }) => id !== null)
  if (trade.refundedFen !== null) {
    const goneFen = accepted
      .filter(({ state }) => !cameToNothing(state))
      .reduce((sum, one) => sum + one.amount_fen, 0)
    return goneFen >= trade.refundedFen
  }
  const isTooMuch = refunds.some(
    (one) => one.out_refund_no === refused?.out_refund_no && TOO_MUCH.has(one.refusal ?? ''),
  )
  const known = (await findPayment(db, payment.order_id, payment.out_trade_no)) as PaymentRow
  const stillFits = refused !== undefined && leftFen(known) >= refused.amount_fen
  return (await explainsRefund(db, payment, accepted)) && !(isTooMuch && stillFits)
}

/**
 * Whether refunds that the channel has accepted are a reason for its REFUND. A closed one is, unless an operator is looking
 * for an unknown refund: then one that moved money has to be found.
 */
async function explainsRefund(db: Database, payment: PaymentRow, accepted: RefundRow[]): Promise<boolean> {
  if (accepted.some(({ state }) => !cameToNothing(state))) return true
  return accepted.length > 0 && (await openAnomaliesOf(db, payment, 'unknown-refund')).length === 0
}

/** Refunds of one payment that a look asks about at most, the newest first. */
const MOST_ASKED = 5

/**
 * Asks about our own refunds that the channel has not accepted as far as we know: one of them may be what the trade tells
 * of. Not about the one that was refused just now. False: the channel did not answer.
 */
async function askAboutUncounted(
  deps: RefundDeps,
  payment: PaymentRow,
  refused: RefundRow | undefined,
): Promise<boolean> {
  const asked = (await refundsOf(deps.db, [payment.order_id])).filter(
    (one) =>
      one.out_trade_no === payment.out_trade_no &&
      one.out_refund_no !== refused?.out_refund_no &&
      one.refund_id === null &&
      one.state !== 'created',
  )
  try {
    for (const refund of asked.slice(-MOST_ASKED)) {
      const found = await refundChannelOf(deps, payment.channel).queryRefund(refundSnapshot(payment, refund))
      if (found) await settleRefund(deps, found, { from: 'query' })
    }
    return true
  } catch (error) {
    if (isKind(error, 'ChannelUnknown') || isKind(error, 'ChannelRefused')) return false
    throw error
  }
}
