import { sql, type RawBuilder, type Updateable } from 'kysely'
import { isReserved, refundMachine, type RefundEvent } from '../refunds/refund-state.ts'
import type { Database, Writer } from './database.ts'
import { appendStep, type Step } from './history.ts'
import { announce, announceTo } from './shop-events.ts'
import type { Payee, PaymentRow, RefundRow } from './tables.ts'

/** What exceeds the payment once its counters are these. Only for what the channel has proven, see `overdrawn_fen`. */
const overdrawn = (reserved: RawBuilder<number>, refunded: RawBuilder<number>): RawBuilder<number | null> =>
  sql`nullif(greatest(${reserved} + ${refunded} - payments.amount_fen, 0), 0)`

/**
 * Writes a new refund, reserves its amount on the payment and notes its first step, in one statement. The payment's CHECK
 * refuses a wish that exceeds it. One that was found at the channel is a fact and is counted in any case.
 */
export async function insertRefund(
  db: Writer,
  refund: RefundRow,
  step: Pick<Step, 'event' | 'evidence'>,
): Promise<void> {
  const reserved = sql<number>`payments.reserved_fen + ${refund.amount_fen}::bigint`
  const isProven = refund.origin === 'platform'
  const first: Step = { subject: 'refund', at: refund.created_at, fromState: null, ...step }
  await db
    .with('moved', (query) => query.insertInto('refunds').values(refund).returningAll())
    .with('reserved', (query) =>
      query
        .updateTable('payments')
        .set((eb) => ({
          reserved_fen: reserved,
          refund_count: eb('refund_count', '+', 1),
          ...(isProven ? { overdrawn_fen: overdrawn(reserved, sql`payments.refunded_fen`) } : {}),
        }))
        .where('order_id', '=', refund.order_id)
        .where('out_trade_no', '=', refund.out_trade_no),
    )
    .with('step', () => appendStep(first, 'out_refund_no'))
    .selectFrom('moved')
    .select('out_refund_no')
    .execute()
}

const oneRefund = (db: Database, orderId: string, outRefundNo: string) =>
  db
    .selectFrom('refunds')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('out_refund_no', '=', outRefundNo)

export const findRefund = (
  db: Database,
  orderId: string,
  outRefundNo: string,
): Promise<RefundRow | undefined> => oneRefund(db, orderId, outRefundNo).executeTakeFirst()

/** Holds the refund's row until the transaction ends. */
export const lockRefund = (
  db: Writer,
  orderId: string,
  outRefundNo: string,
): Promise<RefundRow | undefined> => oneRefund(db, orderId, outRefundNo).forUpdate().executeTakeFirst()

/** The refund of an order that was asked for under this key. */
export const refundByKey = (db: Database, orderId: string, key: string): Promise<RefundRow | undefined> =>
  db
    .selectFrom('refunds')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('idempotency_key', '=', key)
    .executeTakeFirst()

/** The refunds of some orders, oldest first. */
export const refundsOf = (db: Database, orderIds: string[]): Promise<RefundRow[]> =>
  db
    .selectFrom('refunds')
    .selectAll()
    .where('order_id', 'in', orderIds.length > 0 ? orderIds : [''])
    .orderBy('created_at')
    .orderBy('out_refund_no')
    .execute()

/** How many refunds an order ever had: its next one counts on. Call with the order locked. */
export async function countRefunds(db: Writer, orderId: string): Promise<number> {
  const row = await db
    .selectFrom('payments')
    .select((eb) => eb.fn.sum<number>('refund_count').as('count'))
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow()
  return row.count
}

/**
 * Moves a refund by an event, with its history row, and its amount from where it was counted to where it belongs now, all
 * in one statement; a repair counts it again, even beyond the payment. Compare-and-set: null when the row is not as given any more. Throws when the table refuses the event: that
 * is a defect of the caller.
 */
export async function moveRefund(
  db: Database,
  refund: RefundRow,
  event: RefundEvent,
  at: Date,
  patch: Updateable<
    Pick<
      RefundRow,
      | 'submitted_at'
      | 'refund_id'
      | 'succeeded_at'
      | 'received_account'
      | 'refusal'
      | 'next_check_at'
      | 'unanswered_count'
      | 'doubted_at'
    >
  >,
  evidence: Record<string, unknown>,
): Promise<RefundRow | null> {
  const to = refundMachine.next(refund.state, event)
  if (!to) throw new Error(`a refund that is ${refund.state} cannot be ${event}`)
  const step: Step = { subject: 'refund', at, event, fromState: refund.state, evidence }
  const reservedFen = (Number(isReserved(to)) - Number(isReserved(refund.state))) * refund.amount_fen
  const refundedFen = to === 'succeeded' ? refund.amount_fen : 0
  const reserved = sql<number>`payments.reserved_fen + ${reservedFen}::bigint`
  const refunded = sql<number>`payments.refunded_fen + ${refundedFen}::bigint`
  const moved = await db
    .with('moved', (query) =>
      query
        .updateTable('refunds')
        .set({ ...patch, ...(isReserved(to) ? {} : { next_check_at: null }) })
        .set({ state: to, version: refund.version + 1 })
        .where('order_id', '=', refund.order_id)
        .where('out_refund_no', '=', refund.out_refund_no)
        .where('version', '=', refund.version)
        .returningAll(),
    )
    .with('counted', (query) =>
      query
        .updateTable('payments')
        .from('moved')
        .set({ reserved_fen: reserved, refunded_fen: refunded, overdrawn_fen: overdrawn(reserved, refunded) })
        .whereRef('payments.order_id', '=', 'moved.order_id')
        .whereRef('payments.out_trade_no', '=', 'moved.out_trade_no')
        .where(sql<boolean>`${reservedFen !== 0 || refundedFen !== 0}::boolean`),
    )
    .with('step', () => appendStep(step, 'out_refund_no'))
    .with('event', () => announce('refund', at))
    .with('delivery', announceTo)
    .selectFrom('moved')
    .selectAll()
    .executeTakeFirst()
  return moved ?? null
}

/** Changes what is no state: the last refusal, the doubt about it, the next check. */
export async function noteRefund(
  db: Database,
  refund: Pick<RefundRow, 'order_id' | 'out_refund_no'>,
  patch: Updateable<
    Pick<RefundRow, 'refusal' | 'next_check_at' | 'unanswered_count' | 'doubted_at' | 'absent_count'>
  >,
): Promise<void> {
  await db
    .updateTable('refunds')
    .set(patch)
    .where('order_id', '=', refund.order_id)
    .where('out_refund_no', '=', refund.out_refund_no)
    .where('state', 'not in', ['succeeded', 'closed', 'refused'])
    .execute()
}

/**
 * Notes that a repeat of a submitted refund is about to be sent; it is unanswered until its answer is noted. Null: it has
 * moved on and must not be sent.
 */
export async function noteSend(db: Database, refund: RefundRow): Promise<RefundRow | null> {
  const { rows } = await sql<RefundRow>`
    update refunds set unanswered_count = coalesce(unanswered_count, 1) + 1
    where order_id = ${refund.order_id} and out_refund_no = ${refund.out_refund_no} and state = 'submitted'
    returning *`.execute(db)
  return rows[0] ?? null
}

/** Payees with a refund that is due. Refunds are few beside payments: the due ones are read through. */
export async function payeesWithDueRefunds(db: Database, now: Date): Promise<Payee[]> {
  const { rows } = await sql<Payee>`
    select distinct channel, mchid
    from refunds join payments using (order_id, out_trade_no)
    where refunds.next_check_at <= ${now}`.execute(db)
  return rows
}

/** Takes refunds of a payee that are due, each for one caller only, and sets them aside until the lease ends. */
export function claimDueRefunds(
  db: Database,
  { channel, mchid }: Payee,
  { now, leaseUntil, count }: { now: Date; leaseUntil: Date; count: number },
): Promise<RefundRow[]> {
  return db
    .updateTable('refunds')
    .set({ next_check_at: leaseUntil })
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('order_id', 'out_refund_no'),
        'in',
        selectFrom('refunds')
          .innerJoin('payments', (join) =>
            join
              .onRef('payments.order_id', '=', 'refunds.order_id')
              .onRef('payments.out_trade_no', '=', 'refunds.out_trade_no'),
          )
          .select(['refunds.order_id', 'refunds.out_refund_no'])
          .where('channel', '=', channel)
          .where('mchid', '=', mchid)
          .where('refunds.next_check_at', '<=', now)
          .orderBy('refunds.next_check_at')
          .limit(count)
          .forUpdate('refunds')
          .skipLocked()
          .$asTuple('order_id', 'out_refund_no'),
      ),
    )
    .returningAll()
    .execute()
}

/**
 * Payments that were paid though another one pays their order, and that have not begun to go back by themselves, in the
 * order in which they were paid, from behind `after`.
 */
export const surplusPayments = (
  db: Database,
  count: number,
  after: Pick<PaymentRow, 'order_id' | 'out_trade_no'> | null = null,
): Promise<PaymentRow[]> =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('state', '=', 'paid')
    .$if(after !== null, (query) =>
      query.where(
        sql<boolean>`(paid_at, out_trade_no) > (
          select paid_at, out_trade_no from payments as last
          where last.order_id = ${after!.order_id} and last.out_trade_no = ${after!.out_trade_no})`,
      ),
    )
    .where('kept', '=', false)
    .where(sql<boolean>`reserved_fen + refunded_fen < amount_fen`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('refunds')
            .select('out_refund_no')
            .whereRef('refunds.order_id', '=', 'payments.order_id')
            .whereRef('refunds.out_trade_no', '=', 'payments.out_trade_no')
            .where('refunds.origin', '=', 'surplus'),
        ),
      ),
    )
    .orderBy('paid_at')
    .orderBy('out_trade_no')
    .limit(count)
    .execute()
