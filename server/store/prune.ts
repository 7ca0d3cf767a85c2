import { sql, type RawBuilder } from 'kysely'
import type { Database } from './database.ts'

/** Rows that one statement takes: it holds its locks for milliseconds. */
const batchCount = 500

/** Repeats a statement that takes a batch until it finds less than one. Resolves with how many rows went. */
async function inBatches(db: Database, statement: RawBuilder<{ count: number }>): Promise<number> {
  let total = 0
  for (;;) {
    const { rows } = await statement.execute(db)
    const count = Number(rows[0]!.count)
    total += count
    if (count < batchCount) return total
  }
}

/** Forgets settled notifications that came before this; what they led to stays in the history for good. */
export const forgetNotifications = (db: Database, before: Date): Promise<number> =>
  inBatches(
    db,
    sql`
    with gone as (
      delete from notifications where (order_id, notification_id, mchid) in (
        select order_id, notification_id, mchid from notifications
        where received_at < ${before} and settled_at is not null limit ${batchCount})
      returning 1
    ) select count(*) from gone`,
  )

/** Forgets which keys placed orders before this: a request that comes again after so long is a new one. */
export const forgetOrderRequests = (db: Database, before: Date): Promise<number> =>
  inBatches(
    db,
    sql`
    with gone as (
      delete from order_requests where (account_id, idempotency_key) in (
        select account_id, idempotency_key from order_requests where created_at < ${before} limit ${batchCount})
      returning 1
    ) select count(*) from gone`,
  )

/** Forgets deliveries that were begun before this and are over, with their log and with the events that told nobody else. */
export const forgetDeliveries = (db: Database, before: Date): Promise<number> =>
  inBatches(
    db,
    sql`
    with old as (
      select order_id, delivery_id from deliveries
      where created_at < ${before} and state <> 'pending'
      order by created_at limit ${batchCount} for update skip locked
    ), log as (
      delete from delivery_log using old
      where delivery_log.order_id = old.order_id and delivery_log.delivery_id = old.delivery_id
    ), gone as (
      delete from deliveries using old
      where deliveries.order_id = old.order_id and deliveries.delivery_id = old.delivery_id
      returning deliveries.order_id, deliveries.delivery_id, deliveries.event_id
    ), events as (
      delete from shop_events using gone
      where shop_events.order_id = gone.order_id and shop_events.event_id = gone.event_id
        and not exists (
          select from deliveries
          where deliveries.order_id = gone.order_id and deliveries.event_id = gone.event_id
            and (deliveries.order_id, deliveries.delivery_id) not in (select order_id, delivery_id from gone))
    ) select count(*) from gone`,
  )

/** Forgets counters whose window is over. */
export const forgetRateCounters = (db: Database): Promise<number> =>
  inBatches(
    db,
    sql`
    with gone as (
      delete from rate_counters where (purpose, subject_hash) in (
        select purpose, subject_hash from rate_counters where ends_at < clock_timestamp()
        order by ends_at limit ${batchCount} for update skip locked)
      returning 1
    ) select count(*) from gone`,
  )
