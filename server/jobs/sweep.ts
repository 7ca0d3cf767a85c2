import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'
import { closeExpiredOrders } from '../orders/close-expired-orders.ts'
import { checkDuePayment } from '../payments/check-due-payment.ts'
import { attendRefund } from '../refunds/attend-refund.ts'
import type { RefundDeps } from '../refunds/refund-deps.ts'
import { refundSurplus } from '../refunds/refund-surplus.ts'
import { settleStored } from '../refunds/take-notification.ts'
import { unsettledNotifications } from '../store/notifications.ts'
import { claimDuePayments } from '../store/payments.ts'
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
  const left = await unsettledNotifications(
    deps.db,
    new Date(Date.now() - limits.unsettledNotificationMs),
    limits.sweepBatchCount,
  )
  for (const row of left) {
    const key = { orderId: row.order_id, notificationId: row.notification_id, mchid: row.mchid }
    await attempt(deps, row.notification_id, () => settleStored(deps, key))
  }
  const refunds = await sweepRefunds(deps, now, leaseUntil)
  const closed = await closeExpiredOrders(deps)
  return due.length + refunds + closed
}

/** Money on its way back, and money that came twice and whose job was lost. */
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

/** Sessions, tickets and codes that nobody can use any more are forgotten once an hour. */
const forgetEveryMs = 60 * 60_000

/** Sweeps every second until stopped. */
export function startSweeping(deps: SweepDeps): Rounds {
  let forgotAt = 0
  return startRounds(async () => {
    if (Date.now() - forgotAt > forgetEveryMs) {
      forgotAt = Date.now()
      const now = deps.clock.now()
      await forgetExpired(deps.db, now)
      await forgetIdleBrowsers(deps.db, new Date(now.getTime() - limits.idleBrowserMs))
    }
    // A full batch means that more is waiting: go on at once.
    while ((await sweep(deps)) >= limits.sweepBatchCount);
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
