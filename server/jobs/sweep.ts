import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'
import { endUndeliverable } from '../deliveries/end-undeliverable.ts'
import { closeExpiredOrders } from '../orders/close-expired-orders.ts'
import { checkDuePayment } from '../payments/check-due-payment.ts'
import { attendRefund } from '../refunds/attend-refund.ts'
import type { RefundDeps } from '../refunds/refund-deps.ts'
import { refundSurplus } from '../refunds/refund-surplus.ts'
import { showLeftOpen } from '../refunds/left-open.ts'
import { settleLeft } from '../refunds/take-notification.ts'
import { claimUnsettledNotifications } from '../store/notifications.ts'
import { claimDuePayments } from '../store/payments.ts'
import {
  forgetDeliveries,
  forgetNotifications,
  forgetOrderRequests,
  forgetRateCounters,
} from '../store/prune.ts'
import { claimDueRefunds, surplusPayments } from '../store/refunds.ts'
import { forgetExpired, forgetIdleBrowsers } from '../store/sessions.ts'
import { startRounds, type Rounds } from './rounds.ts'

export interface SweepDeps extends RefundDeps {
  log: Logger
}

/**
 * Finishes what was left open: payments and refunds whose check is due, notifications that a crash left unsettled, orders
 * past their expiry. Every step claims its rows, so any number of servers may sweep at once. Returns how many it moved
 * on; a notification that cannot be settled is not counted, or it would keep the sweep turning.
 */
export async function sweep(deps: SweepDeps): Promise<number> {
  const now = deps.clock.now()
  const leaseUntil = new Date(now.getTime() + limits.checkLeaseMs)
  const due = await claimDuePayments(deps.db, now, leaseUntil, limits.sweepBatchCount)
  await Promise.all(
    due.map((payment) => attempt(deps, payment.out_trade_no, () => checkDuePayment(deps, payment))),
  )
  for (const row of await claimUnsettledNotifications(deps.db, new Date(), limits.sweepBatchCount))
    await attempt(deps, row.notification_id, () => settleLeft(deps, row))
  const refunds = await sweepRefunds(deps, now, leaseUntil)
  const closed = await closeExpiredOrders(deps)
  return due.length + refunds + closed
}

/** Money on its way back, and money that came twice and has not been sent back yet. */
async function sweepRefunds(deps: SweepDeps, now: Date, leaseUntil: Date): Promise<number> {
  for (const { order_id: orderId, out_trade_no: number } of await surplusPayments(
    deps.db,
    limits.sweepBatchCount,
  ))
    await attempt(deps, number, () => refundSurplus(deps, orderId, number))
  const due = await claimDueRefunds(deps.db, now, leaseUntil, limits.sweepBatchCount)
  await Promise.all(
    due.map((refund) => attempt(deps, refund.out_refund_no, () => attendRefund(deps, refund))),
  )
  return due.length
}

/** What nobody can use any more is forgotten once an hour. */
const forgetEveryMs = 60 * 60_000

/** Forgets sessions, tickets and codes that are past, and what was kept for long enough. */
async function forgetOld({ db, clock }: SweepDeps): Promise<void> {
  const now = clock.now()
  const ago = (ms: number) => new Date(now.getTime() - ms)
  await forgetExpired(db, now)
  await forgetIdleBrowsers(db, ago(limits.idleBrowserMs))
  await forgetNotifications(db, new Date(Date.now() - limits.notificationKeptMs))
  await forgetOrderRequests(db, ago(limits.orderRequestKeptMs))
  await forgetDeliveries(db, ago(limits.deliveryKeptMs))
  await forgetRateCounters(db)
}

/** Sweeps every second until stopped. */
export function startSweeping(deps: SweepDeps): Rounds {
  const forget = every(forgetEveryMs, () => forgetOld(deps))
  const show = every(limits.leftOpenEveryMs, async () => {
    await showLeftOpen(deps)
    await endUndeliverable(deps)
  })
  return startRounds(async () => {
    await forget()
    await show()
    return (await sweep(deps)) >= limits.sweepBatchCount
  }, deps.log)
}

/** One row that fails must not keep the others waiting. */
async function attempt(deps: SweepDeps, number: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    deps.log.error({ err: error, number }, 'left for a later sweep')
  }
}

/** Does the work at most once in this time of the machine; the first time at once. */
function every(ms: number, work: () => Promise<void>): () => Promise<void> {
  let doneAt = 0
  return async () => {
    if (Date.now() - doneAt < ms) return
    doneAt = Date.now()
    await work()
  }
}
