import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'
import { endUndeliverable } from '../deliveries/end-undeliverable.ts'
import { cancelBatch, closeBatch, closeOrders } from '../orders/close-orders.ts'
import { checkDuePayment } from '../payments/check-due-payment.ts'
import { attendRefund } from '../refunds/attend-refund.ts'
import type { RefundDeps } from '../refunds/refund-deps.ts'
import { openSurplusRefund } from '../refunds/open-surplus-refund.ts'
import { showLeftOpen } from '../refunds/left-open.ts'
import { settleLeft } from '../refunds/take-notification.ts'
import { claimUnsettledNotifications } from '../store/notifications.ts'
import { claimDuePayments, payeesWithDuePayments } from '../store/payments.ts'
import { claimDueRefunds, payeesWithDueRefunds, surplusPayments } from '../store/refunds.ts'
import type { NotificationRow, OrderRow, Payee, PaymentRow, RefundRow } from '../store/tables.ts'
import { runLanes, startLanes, type LaneWork } from './lanes.ts'
import { startRounds, startWalking, together, type Rounds } from './rounds.ts'

export interface SweepDeps extends RefundDeps {
  log: Logger
}

/**
 * Finishes what was left open: payments and refunds whose check is due, notifications that a crash left unsettled,
 * surplus that has not begun to go back, orders past their expiry, and orders that their buyers cancel. Every step claims its
 * rows or compares and sets, so any number of servers may sweep at once. Each kind has rounds of its own, and what asks a
 * channel has a lane for each payee: a merchant or channel that hangs delays its own payments and refunds only.
 */
export function startSweeping(deps: SweepDeps): Rounds {
  const leftOpen = { log: deps.log, everyMs: limits.leftOpenEveryMs }
  const walk = { log: deps.log, batchCount: limits.sweepBatchCount }
  return together([
    startLanes(duePayments(deps), deps.log),
    startLanes(dueRefunds(deps), deps.log),
    startLanes(leftNotifications(deps), deps.log),
    startWalking((after: PaymentRow | null) => openSurplusRefunds(deps, after), walk),
    startWalking((after: OrderRow | null) => closeBatch(deps, after), walk),
    startWalking((after: OrderRow | null) => cancelBatch(deps, after), walk),
    startRounds(async () => {
      await showLeftOpen(deps)
      return false
    }, leftOpen),
    startRounds(async () => {
      await endUndeliverable(deps)
      return false
    }, leftOpen),
  ])
}

/**
 * One round of each kind, one after the other, waited for. Returns how many it moved on; a notification that cannot be
 * settled is not counted, or a loop over it would not end. For tests and for the campaigns.
 */
export async function sweep(deps: SweepDeps): Promise<number> {
  const payments = await runLanes(duePayments(deps))
  await runLanes(leftNotifications(deps))
  const { moved: surplus } = await openSurplusRefunds(deps, null)
  const refunds = await runLanes(dueRefunds(deps))
  return payments + surplus + refunds + (await closeOrders(deps))
}

const duePayments = (deps: SweepDeps): LaneWork<Payee, PaymentRow> => ({
  findLanes: () => payeesWithDuePayments(deps.db, deps.clock.now()),
  nameOf: nameOfPayee,
  claim: (payee, count) => claimDuePayments(deps.db, payee, { ...lease(deps), count }),
  work: (payment) => attempt(deps, payment.out_trade_no, () => checkDuePayment(deps, payment)),
  atOnceCount: limits.sweepBatchCount,
})

const dueRefunds = (deps: SweepDeps): LaneWork<Payee, RefundRow> => ({
  findLanes: () => payeesWithDueRefunds(deps.db, deps.clock.now()),
  nameOf: nameOfPayee,
  claim: (payee, count) => claimDueRefunds(deps.db, payee, { ...lease(deps), count }),
  work: (refund) => attempt(deps, refund.out_refund_no, () => attendRefund(deps, refund)),
  atOnceCount: limits.sweepBatchCount,
})

/** Asks no channel, so one lane is enough. Machine time. */
const leftNotifications = (deps: SweepDeps): LaneWork<'all', NotificationRow> => ({
  findLanes: async () => ['all'],
  nameOf: (lane) => lane,
  claim: (_lane, count) => claimUnsettledNotifications(deps.db, new Date(), count),
  work: (row) => attempt(deps, row.notification_id, () => settleLeft(deps, row)),
  atOnceCount: limits.notificationsAtOnceCount,
})

/** The refunds that it opens are due at once: the lane of their payee sends them. */
async function openSurplusRefunds(
  deps: SweepDeps,
  after: PaymentRow | null,
): Promise<{ rows: PaymentRow[]; moved: number }> {
  const rows = await surplusPayments(deps.db, limits.sweepBatchCount, after)
  let moved = 0
  for (const { order_id: orderId, out_trade_no: number } of rows)
    await attempt(deps, number, async () => {
      if (await openSurplusRefund(deps, orderId, number)) moved += 1
    })
  return { rows, moved }
}

const nameOfPayee = ({ channel, mchid }: Payee): string => `${channel} ${mchid}`

function lease({ clock }: SweepDeps): { now: Date; leaseUntil: Date } {
  const now = clock.now()
  return { now, leaseUntil: new Date(now.getTime() + limits.checkLeaseMs) }
}

/** One row that fails must not keep the others waiting. */
async function attempt(deps: SweepDeps, number: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    deps.log.error({ err: error, number }, 'left for a later sweep')
  }
}
