import { sql, type RawBuilder, type Updateable } from 'kysely'
import { isOpen, paymentMachine, type PaymentEvent } from '../payments/payment-state.ts'
import type { Database, Writer } from './database.ts'
import { appendStep, type Step } from './history.ts'
import { scheduleLook } from './second-looks.ts'
import { announce, announceTo } from './shop-events.ts'
import type { Payee, PaymentRow } from './tables.ts'

/**
 * Writes a new payment with its first step, and counts it on its order, which makes a close that was decided before it
 * lose; in one statement. Call with the order locked. `doorCode`: the entry the customer came in by.
 */
export async function insertPayment(db: Writer, payment: PaymentRow, doorCode: string): Promise<void> {
  const step: Step = {
    subject: 'payment',
    at: payment.created_at,
    event: 'created',
    fromState: null,
    evidence: { doorCode, entryCode: payment.entry_code, way: payment.way, amountFen: payment.amount_fen },
  }
  await sql`
    with counted as (
      update orders set payment_count = payment_count + 1, version = version + 1
      where order_id = ${payment.order_id}
    ), moved as (
      insert into payments
      select * from jsonb_populate_record(null::payments, ${JSON.stringify(payment)})
      returning *
    ), step as ${appendStep(step, 'out_trade_no')}
    select out_trade_no from moved`.execute(db)
}

const onePayment = (db: Database, orderId: string, outTradeNo: string) =>
  db.selectFrom('payments').selectAll().where('order_id', '=', orderId).where('out_trade_no', '=', outTradeNo)

export const findPayment = (
  db: Database,
  orderId: string,
  outTradeNo: string,
): Promise<PaymentRow | undefined> => onePayment(db, orderId, outTradeNo).executeTakeFirst()

/** Holds the payment's row until the transaction ends. */
export const lockPayment = (
  db: Writer,
  orderId: string,
  outTradeNo: string,
): Promise<PaymentRow | undefined> => onePayment(db, orderId, outTradeNo).forUpdate().executeTakeFirst()

/** The payments of some orders, newest first. */
export const paymentsOf = (db: Database, orderIds: string[]): Promise<PaymentRow[]> =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('order_id', 'in', orderIds.length > 0 ? orderIds : [''])
    .orderBy('created_at', 'desc')
    .orderBy('out_trade_no', 'desc')
    .execute()

/** The one attempt of an order that takes money now, held until the transaction ends: its prepay may just be answered. */
export const lockCurrentPayment = (db: Writer, orderId: string): Promise<PaymentRow | undefined> =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('state', 'in', ['created', 'pending'])
    .forUpdate()
    .executeTakeFirst()

/** "Kept, unless another payment of this order is." Evaluate it with the order locked, so that one answer holds. */
export const keptUnlessAnother = (orderId: string) =>
  sql<boolean>`not exists (select from payments as other where other.order_id = ${orderId} and other.kept)`

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

/** What a step changes besides the state. Whether it is kept may be for the statement to find out. */
type PaymentPatch = Updateable<Omit<PaymentRow, 'kept'>> & { kept?: boolean | RawBuilder<boolean> }

/**
 * Moves a payment by an event, with its history row. Compare-and-set: null when the row is not as given any more.
 * Throws when the table refuses the event: that is a defect of the caller.
 */
export async function movePayment(
  db: Database,
  payment: PaymentRow,
  event: PaymentEvent,
  at: Date,
  patch: PaymentPatch,
  evidence: Record<string, unknown>,
): Promise<PaymentRow | null> {
  const to = paymentMachine.next(payment.state, event)
  if (!to) throw new Error(`a payment that is ${payment.state} cannot be ${event}`)
  const step: Step = { subject: 'payment', at, event, fromState: payment.state, evidence }
  const moved = await db
    .with('moved', (query) =>
      query
        .updateTable('payments')
        .set({ ...patch, ...(isOpen(to) ? {} : { next_check_at: null }) })
        .set({ state: to, version: payment.version + 1 })
        .where('order_id', '=', payment.order_id)
        .where('out_trade_no', '=', payment.out_trade_no)
        .where('version', '=', payment.version)
        .returningAll(),
    )
    .with('step', () => appendStep(step, 'out_trade_no'))
    .with('event', () => announce('payment', at))
    .with('delivery', announceTo)
    .with('look', () => scheduleLook(at))
    .selectFrom('moved')
    .select(['state', 'version', 'kept', 'next_check_at'])
    .executeTakeFirst()
  return moved ? { ...payment, ...patch, ...moved } : null
}

/**
 * Notes that its cashier is about to be opened: what was said and proven about an earlier look no longer counts. False,
 * and nothing may be handed out: the attempt or its order takes no more money, or the order expires by `expiresAfter`.
 * It is looked at again at `checkAt`, or earlier.
 * The lock on the order's row makes a launch and a payment of another attempt come one after the other.
 */
export async function noteLaunch(
  db: Database,
  payment: PaymentRow,
  at: Date,
  { checkAt, expiresAfter }: { checkAt: Date; expiresAfter: Date },
): Promise<boolean> {
  const { rows } = await sql`
    with payable as (
      select order_id from orders
      where order_id = ${payment.order_id} and state = 'pending' and expires_at > ${expiresAfter}
        and cancel_asked_at is null
      for share
    )
    update payments
    set launched_at = ${at}, hint = null, hint_at = null, unpaid_since = null, unpaid_at = null,
      next_check_at = least(next_check_at, ${checkAt}::timestamptz)
    from payable
    where payments.order_id = payable.order_id and out_trade_no = ${payment.out_trade_no}
      and state in ('created', 'pending')
    returning payments.order_id`.execute(db)
  return rows.length === 1
}

/**
 * Notes a verified "not paid" by the moment of the question, which may be long before its answer: proof only together with
 * what the customer's side said, see payments/payment-result.ts. Asked before the cashier was opened last, it says nothing.
 */
export async function noteUnpaid(
  db: Database,
  payment: Pick<PaymentRow, 'order_id' | 'out_trade_no'>,
  askedAt: Date,
): Promise<void> {
  await sql`
    update payments
    set unpaid_since = coalesce(unpaid_since, ${askedAt}), unpaid_at = greatest(unpaid_at, ${askedAt})
    where order_id = ${payment.order_id} and out_trade_no = ${payment.out_trade_no}
      and state in ('created', 'pending', 'closing') and (launched_at is null or launched_at <= ${askedAt})`.execute(
    db,
  )
}

/**
 * Notes what prepay answered for a payment that was registered before, and answers its row. Null when it takes no more
 * money: one that is closing meanwhile is due at once, since the channel certainly knows it now.
 */
export async function noteHandle(
  db: Database,
  payment: Pick<PaymentRow, 'order_id' | 'out_trade_no'>,
  prepaid: { handle: string; handle_at: Date; next_check_at: Date },
): Promise<PaymentRow | null> {
  const { handle, handle_at: at, next_check_at: nextCheckAt } = prepaid
  const noted = await db
    .updateTable('payments')
    .set({
      handle,
      handle_at: at,
      next_check_at: sql<Date>`case state when 'closing' then ${at}::timestamptz else ${nextCheckAt} end`,
    })
    .where('order_id', '=', payment.order_id)
    .where('out_trade_no', '=', payment.out_trade_no)
    .where('state', 'in', ['created', 'pending', 'closing'])
    .returningAll()
    .executeTakeFirst()
  return noted && noted.state !== 'closing' ? noted : null
}

/** Notes what the client said about an open payment. */
export async function noteHint(
  db: Database,
  payment: Pick<PaymentRow, 'order_id' | 'out_trade_no'>,
  hint: PaymentRow['hint'],
  at: Date,
): Promise<void> {
  await db
    .updateTable('payments')
    .set({ hint, hint_at: at })
    .where('order_id', '=', payment.order_id)
    .where('out_trade_no', '=', payment.out_trade_no)
    .where('state', 'in', ['created', 'pending', 'closing'])
    .execute()
}

/**
 * Notes when to look at a payment again, unless it has taken a step, got a handle or was launched since it was read: then
 * that has said when, and a payment that is closing by now is not left to a ladder of minutes.
 */
export async function noteNextCheck(db: Database, payment: PaymentRow, at: Date): Promise<void> {
  await db
    .updateTable('payments')
    .set({ next_check_at: at })
    .where('order_id', '=', payment.order_id)
    .where('out_trade_no', '=', payment.out_trade_no)
    .where('version', '=', payment.version)
    .where('handle_at', 'is not distinct from', payment.handle_at)
    .where('launched_at', 'is not distinct from', payment.launched_at)
    .execute()
}

/** Payees and apps with which a payment was made since then. Loose index scan: one index probe for each, not for each payment. */
export async function payeesSince(
  db: Database,
  since: Date,
): Promise<Pick<PaymentRow, 'channel' | 'mchid' | 'appid'>[]> {
  const { rows } = await sql<Pick<PaymentRow, 'channel' | 'mchid' | 'appid'>>`
    with recursive hop as (
      (select channel, mchid, appid from payments order by mchid, appid limit 1)
      union all
      select next.* from hop cross join lateral (
        select channel, mchid, appid from payments
        where (mchid, appid) > (hop.mchid, hop.appid) order by mchid, appid limit 1) as next
    )
    select channel, mchid, appid from hop
    where exists (
      select from payments
      where payments.mchid = hop.mchid and payments.appid = hop.appid and created_at >= ${since})`.execute(db)
  return rows
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

/** Payees with a payment whose check is due. Loose index scan: one index probe for each payee, not for each payment. */
export async function payeesWithDuePayments(db: Database, now: Date): Promise<Payee[]> {
  const { rows } = await sql<Payee>`
    with recursive payee as (
      (select channel, mchid from payments where next_check_at is not null order by channel, mchid limit 1)
      union all
      select next.* from payee cross join lateral (
        select channel, mchid from payments
        where next_check_at is not null and (channel, mchid) > (payee.channel, payee.mchid)
        order by channel, mchid limit 1) as next
    )
    select channel, mchid from payee
    where exists (
      select from payments
      where payments.channel = payee.channel and payments.mchid = payee.mchid and next_check_at <= ${now})`.execute(
    db,
  )
  return rows
}

/** Takes payments of a payee whose check is due, each for one caller only, and sets them aside until the lease ends. */
export function claimDuePayments(
  db: Database,
  { channel, mchid }: Payee,
  { now, leaseUntil, count }: { now: Date; leaseUntil: Date; count: number },
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
          .where('channel', '=', channel)
          .where('mchid', '=', mchid)
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
