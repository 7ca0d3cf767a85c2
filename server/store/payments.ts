import { sql, type Updateable } from 'kysely'
import { isOpen, paymentMachine, type PaymentEvent } from '../payments/payment-state.ts'
import type { Database, Writer } from './database.ts'
import { appendStep } from './history.ts'
import type { PaymentRow } from './tables.ts'

/** Writes a new payment with its first step. */
export async function insertPayment(db: Writer, payment: PaymentRow): Promise<void> {
  await db.insertInto('payments').values(payment).execute()
  await appendStep(db, {
    orderId: payment.order_id,
    subject: 'payment',
    subjectNo: payment.out_trade_no,
    version: payment.version,
    at: payment.created_at,
    event: 'created',
    fromState: null,
    toState: payment.state,
    evidence: { entryCode: payment.entry_code, amountFen: payment.amount_fen },
  })
}

export const findPayment = (
  db: Database,
  orderId: string,
  outTradeNo: string,
): Promise<PaymentRow | undefined> =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('out_trade_no', '=', outTradeNo)
    .executeTakeFirst()

export const lockPayment = (
  db: Writer,
  orderId: string,
  outTradeNo: string,
): Promise<PaymentRow | undefined> =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('out_trade_no', '=', outTradeNo)
    .forUpdate()
    .executeTakeFirst()

/** The payments of some orders, newest first. */
export const paymentsOf = (db: Database, orderIds: string[]): Promise<PaymentRow[]> =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('order_id', 'in', orderIds.length > 0 ? orderIds : [''])
    .orderBy('created_at', 'desc')
    .orderBy('out_trade_no', 'desc')
    .execute()

/** The one attempt of an order that takes money now. */
export const currentPayment = (db: Database, orderId: string): Promise<PaymentRow | undefined> =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('state', 'in', ['created', 'pending'])
    .executeTakeFirst()

/** Whether a payment of this order is kept already. Call with the order locked. */
export async function hasKeptPayment(db: Writer, orderId: string): Promise<boolean> {
  const row = await db
    .selectFrom('payments')
    .select('out_trade_no')
    .where('order_id', '=', orderId)
    .where('kept', '=', true)
    .executeTakeFirst()
  return row !== undefined
}

/** One page of an account's payments, newest first, from after the given place. */
export function pageOfPayments(
  db: Database,
  wanted: { accountId: string; after?: { createdAt: Date; outTradeNo: string }; count: number },
): Promise<PaymentRow[]> {
  let query = db.selectFrom('payments').selectAll().where('account_id', '=', wanted.accountId)
  if (wanted.after) {
    const { createdAt, outTradeNo } = wanted.after
    query = query.where(sql<boolean>`(created_at, out_trade_no) < (${createdAt}, ${outTradeNo})`)
  }
  return query.orderBy('created_at', 'desc').orderBy('out_trade_no', 'desc').limit(wanted.count).execute()
}

/**
 * Moves a payment by an event, with its history row. Compare-and-set: null when the row is not as given any more.
 * Throws when the table refuses the event: that is a defect of the caller.
 */
export async function movePayment(
  db: Writer,
  payment: PaymentRow,
  event: PaymentEvent,
  at: Date,
  patch: Updateable<PaymentRow>,
  evidence: Record<string, unknown>,
): Promise<PaymentRow | null> {
  const to = paymentMachine.next(payment.state, event)
  if (!to) throw new Error(`a payment that is ${payment.state} cannot be ${event}`)
  const moved = await db
    .updateTable('payments')
    .set({
      ...patch,
      ...(isOpen(to) ? {} : { next_check_at: null }),
      state: to,
      version: payment.version + 1,
    })
    .where('order_id', '=', payment.order_id)
    .where('out_trade_no', '=', payment.out_trade_no)
    .where('version', '=', payment.version)
    .returningAll()
    .executeTakeFirst()
  if (!moved) return null
  await appendStep(db, {
    orderId: payment.order_id,
    subject: 'payment',
    subjectNo: payment.out_trade_no,
    version: moved.version,
    at,
    event,
    fromState: payment.state,
    toState: to,
    evidence,
  })
  return moved
}

/** Changes what is no state: a fresh prepay_id, a hint, a proof of "not paid", the next check. */
export async function notePayment(
  db: Database,
  payment: Pick<PaymentRow, 'order_id' | 'out_trade_no'>,
  patch: Updateable<
    Pick<
      PaymentRow,
      | 'prepay_id'
      | 'prepaid_at'
      | 'launched_at'
      | 'hint'
      | 'hint_at'
      | 'unpaid_since'
      | 'unpaid_at'
      | 'next_check_at'
    >
  >,
): Promise<PaymentRow | undefined> {
  return db
    .updateTable('payments')
    .set(patch)
    .where('order_id', '=', payment.order_id)
    .where('out_trade_no', '=', payment.out_trade_no)
    .where('state', 'in', ['created', 'pending', 'closing'])
    .returningAll()
    .executeTakeFirst()
}

/** True for the one caller who may ask the channel about this payment now. The database's clock: machine time. */
export async function claimAsk(db: Database, payment: PaymentRow, everyMs: number): Promise<boolean> {
  const result = await db
    .updateTable('payments')
    .set({ asked_at: sql<Date>`clock_timestamp()` })
    .where('order_id', '=', payment.order_id)
    .where('out_trade_no', '=', payment.out_trade_no)
    .where(
      sql<boolean>`(asked_at is null or asked_at <= clock_timestamp() - ${everyMs} * interval '1 millisecond')`,
    )
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Takes payments whose check is due, each for one caller only, and sets them aside until the lease ends. */
export function claimDuePayments(
  db: Database,
  now: Date,
  leaseUntil: Date,
  count: number,
): Promise<PaymentRow[]> {
  return db
    .updateTable('payments')
    .set({ next_check_at: leaseUntil })
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('order_id', 'out_trade_no'),
        'in',
        selectFrom('payments')
          .select(['order_id', 'out_trade_no'])
          .where('next_check_at', '<=', now)
          .orderBy('next_check_at')
          .limit(count)
          .forUpdate()
          .skipLocked()
          .$asTuple('order_id', 'out_trade_no'),
      ),
    )
    .returningAll()
    .execute()
}
