import { sql, type RawBuilder } from 'kysely'
import type { Writer } from './database.ts'

/** Rows that one statement takes or looks at: it holds its locks for milliseconds. */
export const pruneBatchCount = 500

/** What one batch did. */
export interface PruneBatch {
  /** Another batch may find more. */
  isMoreLeft: boolean
  /** Where the next batch begins, for those that walk through rows that stay; null: at the beginning. */
  place: string | null
}

/** Deletes at most `pruneBatchCount` rows that are older than `before`. Call inside a transaction. */
export type Prune = (writer: Writer, before: Date, place?: string | null) => Promise<PruneBatch>

/** A statement that takes a batch and returns how many rows it took. */
const counted =
  (statement: (before: Date) => RawBuilder<{ count: number }>): Prune =>
  async (writer, before) => {
    const { rows } = await statement(before).execute(writer)
    return { isMoreLeft: Number(rows[0]!.count) >= pruneBatchCount, place: null }
  }

/** Forgets settled notifications that came before this; what they led to stays in the history for good. */
export const forgetNotifications = counted(
  (before) => sql`
    with gone as (
      delete from notifications where (order_id, notification_id, mchid) in (
        select order_id, notification_id, mchid from notifications
        where received_at < ${before} and settled_at is not null
        order by received_at limit ${pruneBatchCount})
      returning 1
    ) select count(*) from gone`,
)

/** Forgets which keys placed orders before this: a request that comes again after so long is a new one. */
export const forgetOrderRequests = counted(
  (before) => sql`
    with gone as (
      delete from order_requests where (account_id, idempotency_key) in (
        select account_id, idempotency_key from order_requests
        where created_at < ${before} order by created_at limit ${pruneBatchCount})
      returning 1
    ) select count(*) from gone`,
)

/** Deletes finished deliveries created before this, with their log and with events that no other delivery refers to. */
export const forgetDeliveries = counted(
  (before) => sql`
    with old as (
      select order_id, delivery_id from deliveries
      where created_at < ${before} and state <> 'pending'
      order by created_at, delivery_id limit ${pruneBatchCount} for update skip locked
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

/** Forgets counters whose window is over, by the database's clock. */
export const forgetRateCounters = counted(
  () => sql`
    with gone as (
      delete from rate_counters where (purpose, subject_hash) in (
        select purpose, subject_hash from rate_counters where ends_at < clock_timestamp()
        order by ends_at limit ${pruneBatchCount} for update skip locked)
      returning 1
    ) select count(*) from gone`,
)

/** Deletes rows of a table that expired before this. */
const forgetExpired = (
  table: 'web_view_tickets' | 'oauth_states' | 'bind_codes' | 'join_offers' | 'address_picks',
  key: string,
) =>
  counted(
    (before) => sql`
    with gone as (
      delete from ${sql.table(table)} where ${sql.ref(key)} in (
        select ${sql.ref(key)} from ${sql.table(table)}
        where expires_at < ${before} order by expires_at limit ${pruneBatchCount})
      returning 1
    ) select count(*) from gone`,
  )

/**
 * Forgets sessions that ended before this, and with a browser's the anonymous account that nothing leads to any more and that
 * has bought nothing.
 */
export const forgetExpiredSessions = counted(
  (before) => sql`
    with gone as (
      delete from sessions where token_hash in (
        select token_hash from sessions
        where expires_at < ${before} order by expires_at limit ${pruneBatchCount})
      returning token_hash, account_id, openid
    ), left_alone as (
      delete from accounts where id in (select account_id from gone where openid is null)
        and not exists (select from sessions where account_id = accounts.id
          and token_hash not in (select token_hash from gone))
        and not exists (select from identities where account_id = accounts.id)
        and not exists (select from orders where account_id = accounts.id)
        and not exists (select from order_requests where account_id = accounts.id)
        and not exists (select from bind_codes where account_id = accounts.id)
    ) select count(*) from gone`,
)
export const forgetExpiredTickets = forgetExpired('web_view_tickets', 'ticket_hash')
export const forgetExpiredOauthStates = forgetExpired('oauth_states', 'state_hash')
export const forgetExpiredBindCodes = forgetExpired('bind_codes', 'code_hash')
export const forgetExpiredJoinOffers = forgetExpired('join_offers', 'account_id')
export const forgetExpiredAddressPicks = forgetExpired('address_picks', 'account_id')

/**
 * Forgets anonymous accounts that are older than this and have bought nothing: browsers that came once, and scripts that
 * make accounts without end. Such a browser gets a new one when it comes again. Walks through the browsers' sessions in
 * the order of their age, since those of customers stay: each batch looks at so many and goes on behind them.
 */
export const forgetIdleBrowsers: Prune = async (writer, before, place = null) => {
  const { rows } = await sql<{ count: number; place: string | null }>`
    with seen as (
      select token_hash, account_id, created_at from sessions
      where openid is null and created_at < ${before}
        and (created_at, token_hash) > (${startOf(place).at}::timestamptz, ${startOf(place).tokenHash}::bytea)
      order by created_at, token_hash limit ${pruneBatchCount}
    ), idle as (
      delete from sessions using seen
      where sessions.token_hash = seen.token_hash
        and not exists (select from orders where orders.account_id = sessions.account_id)
        and not exists (select from identities where identities.account_id = sessions.account_id)
      returning sessions.account_id
    ), gone as (
      delete from accounts using idle
      where accounts.id = idle.account_id
        and not exists (select from sessions where account_id = accounts.id and created_at >= ${before})
        and not exists (select from bind_codes where account_id = accounts.id)
    )
    select (select count(*) from seen) as count,
      (select created_at::text || ' ' || encode(token_hash, 'hex') from seen
       order by seen.created_at desc, token_hash desc limit 1) as place`.execute(writer)
  const isMoreLeft = Number(rows[0]!.count) >= pruneBatchCount
  return { isMoreLeft, place: isMoreLeft ? rows[0]!.place : null }
}

function startOf(place: string | null): { at: string; tokenHash: Buffer } {
  const split = place?.lastIndexOf(' ') ?? -1
  if (place === null || split < 0) return { at: '-infinity', tokenHash: Buffer.alloc(0) }
  return { at: place.slice(0, split), tokenHash: Buffer.from(place.slice(split + 1), 'hex') }
}
