import { sql } from 'kysely'
import { deliveryMachine, type DeliveryEvent, type DeliveryState } from '../deliveries/delivery-state.ts'
import type { Database } from './database.ts'
import type { DeliveryLogRow, DeliveryRow, ShopEventRow } from './tables.ts'

/** A delivery with what it delivers. */
export type DeliveryOfEvent = DeliveryRow & Pick<ShopEventRow, 'type' | 'at' | 'facts'>

const withEvents = (db: Database) =>
  db
    .selectFrom('deliveries')
    .innerJoin('shop_events', (join) =>
      join
        .onRef('shop_events.order_id', '=', 'deliveries.order_id')
        .onRef('shop_events.event_id', '=', 'deliveries.event_id'),
    )
    .selectAll('deliveries')
    .select(['shop_events.type', 'shop_events.at', 'shop_events.facts'])

export const findDelivery = (db: Database, deliveryId: string): Promise<DeliveryOfEvent | undefined> =>
  withEvents(db).where('delivery_id', '=', deliveryId).executeTakeFirst()

/** The deliveries of an order, oldest first. */
export const deliveriesOf = (db: Database, orderId: string): Promise<DeliveryOfEvent[]> =>
  withEvents(db)
    .where('deliveries.order_id', '=', orderId)
    .orderBy('created_at')
    .orderBy('delivery_id')
    .execute()

/** Every attempt and replay of a delivery, oldest first. */
export const logOf = (db: Database, delivery: DeliveryRow): Promise<DeliveryLogRow[]> =>
  db
    .selectFrom('delivery_log')
    .selectAll()
    .where('order_id', '=', delivery.order_id)
    .where('delivery_id', '=', delivery.delivery_id)
    .orderBy('version')
    .execute()

/** One page of deliveries, newest first, from after the given place. */
export function pageOfDeliveries(
  db: Database,
  wanted: { state?: DeliveryState; subscriber?: string; after?: { at: Date; number: string }; count: number },
): Promise<DeliveryOfEvent[]> {
  let query = withEvents(db)
  if (wanted.state) query = query.where('state', '=', wanted.state)
  // Said so that the index of what did not arrive can be used.
  if (wanted.state && wanted.state !== 'delivered') query = query.where('state', '<>', 'delivered')
  if (wanted.subscriber) query = query.where('subscriber', '=', wanted.subscriber)
  if (wanted.after)
    query = query.where(
      sql<boolean>`(created_at, delivery_id) < (${wanted.after.at}, ${wanted.after.number})`,
    )
  return query.orderBy('created_at', 'desc').orderBy('delivery_id', 'desc').limit(wanted.count).execute()
}

/** Takes deliveries of one subscriber that are due, each for one caller only, and sets them aside until the lease ends. */
export function claimDueDeliveries(
  db: Database,
  subscriber: string,
  { now, leaseUntil, count }: { now: Date; leaseUntil: Date; count: number },
): Promise<DeliveryOfEvent[]> {
  return db
    .updateTable('deliveries')
    .from('shop_events')
    .set({ next_attempt_at: leaseUntil })
    .whereRef('shop_events.order_id', '=', 'deliveries.order_id')
    .whereRef('shop_events.event_id', '=', 'deliveries.event_id')
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('deliveries.order_id', 'delivery_id'),
        'in',
        selectFrom('deliveries')
          .select(['order_id', 'delivery_id'])
          .where('subscriber', '=', subscriber)
          .where('state', '=', 'pending')
          .where('next_attempt_at', '<=', now)
          .orderBy('next_attempt_at')
          .limit(count)
          .forUpdate()
          .skipLocked()
          .$asTuple('order_id', 'delivery_id'),
      ),
    )
    .returningAll('deliveries')
    .returning(['shop_events.type', 'shop_events.at', 'shop_events.facts'])
    .execute()
}

/** Deliveries that were due before this to somebody who is no longer registered: nobody sends them. */
export async function deliveriesToNobody(
  db: Database,
  dueBefore: Date,
  count: number,
): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    select * from deliveries
    where state = 'pending' and next_attempt_at < ${dueBefore}
      and not exists (select from subscribers where name = deliveries.subscriber)
    limit ${count}`.execute(db)
  return rows
}

/** What a delivery's step leaves in its log; what took no time was no attempt. */
export type LogLine = Pick<DeliveryLogRow, 'status' | 'error' | 'took_ms' | 'replayed_by'>

/**
 * Moves a delivery by an event, with its row of the log, in one statement. `nextAttemptAt` is for what is pending then.
 * Attempts count on from the row, since a replay may have come between. False when the state is another by now. Throws
 * when the table refuses the event: that is a defect of the caller.
 */
export async function moveDelivery(
  db: Database,
  delivery: DeliveryRow,
  event: DeliveryEvent,
  step: { at: Date; nextAttemptAt: Date | null; line: LogLine },
): Promise<boolean> {
  const to = deliveryMachine.next(delivery.state, event)
  if (!to) throw new Error(`a delivery that is ${delivery.state} cannot be ${event}`)
  const { status, error, took_ms: tookMs, replayed_by: by } = step.line
  const isAttempt = tookMs === null ? 0 : 1
  const moved = await db
    .with('moved', (query) =>
      query
        .updateTable('deliveries')
        .set((eb) => ({
          state: to,
          version: eb('version', '+', 1),
          attempts: eb('attempts', '+', isAttempt),
          rung: event === 'replayed' ? 0 : eb('rung', '+', isAttempt),
          next_attempt_at: step.nextAttemptAt,
          delivered_at: to === 'delivered' ? step.at : null,
        }))
        .where('order_id', '=', delivery.order_id)
        .where('delivery_id', '=', delivery.delivery_id)
        .where('state', '=', delivery.state)
        .returning(['order_id', 'delivery_id', 'version']),
    )
    .with(
      'step',
      () => sql<{ order_id: string }>`(
      insert into delivery_log (order_id, delivery_id, version, at, event, status, error, took_ms, replayed_by)
      select order_id, delivery_id, version, ${step.at}::timestamptz, ${event},
             ${status}::int, ${error}, ${tookMs}::int, ${by}
      from moved)`,
    )
    .selectFrom('moved')
    .select('delivery_id')
    .executeTakeFirst()
  return moved !== undefined
}
