import { sql, type RawBuilder } from 'kysely'
import { transact, type Database } from './database.ts'
import type { SubscriberRow } from './tables.ts'

/** Fen of the payment that pays an order, by an expression over its row; 0 while nothing does. */
const ofKept = (fen: RawBuilder<unknown>) =>
  sql`coalesce((select ${fen} from payments where payments.order_id = moved.order_id and kept), 0)`

/** `note` is an SQL text or null. */
const orderFacts = (
  note: RawBuilder<unknown>,
) => sql`jsonb_build_object('id', moved.order_id, 'state', moved.state,
  'entryCode', moved.entry_code, 'totalFen', moved.total_fen,
  'paymentId', (select out_trade_no from payments where payments.order_id = moved.order_id and kept),
  'refundedFen', ${ofKept(sql`refunded_fen`)},
  'refundableFen', ${ofKept(sql`greatest(amount_fen - reserved_fen - refunded_fen, 0)`)},
  'closedBy', case when moved.state <> 'closed' then null when moved.cancel_asked_at is null then 'expiry' else 'buyer' end,
  'note', ${note},
  'hasShipping', exists (select from order_shipping where order_shipping.order_id = moved.order_id))`

/** How each subject's steps are told. In `type`, what no subscriber can ask for is told to nobody. */
const told = {
  order: {
    number: 'order_id',
    type: sql<string>`'order.' || state`,
    facts: orderFacts(sql`null`),
  },
  payment: {
    number: 'out_trade_no',
    type: sql<string>`case when state = 'paid' and not kept then 'payment.surplus' end`,
    facts: sql`jsonb_build_object('id', out_trade_no, 'orderId', order_id, 'channel', channel, 'mchid', mchid,
      'transactionId', transaction_id, 'amountFen', amount_fen)`,
  },
  refund: {
    number: 'out_refund_no',
    type: sql<string>`'refund.' || state`,
    facts: sql`jsonb_build_object('id', out_refund_no, 'orderId', order_id, 'paymentId', out_trade_no, 'state', state,
      'origin', origin, 'amountFen', amount_fen, 'refundId', refund_id)`,
  },
} as const

/**
 * Another part of the statement `with moved as (…)`: the event of the step that it makes, when somebody wants to be told.
 * Never an openid. `announceTo` hands it out. tell later: nothing now, see announceHeld.
 */
export const announce = (
  subject: keyof typeof told,
  at: Date,
  tell: 'now' | 'later' = 'now',
): RawBuilder<EventKey> => {
  const { number, type, facts } = told[subject]
  return sql`(
  insert into shop_events (order_id, subject, subject_no, version, type, at, facts)
  select order_id, ${subject}, ${sql.ref(number)}, version, ${type}, ${at}::timestamptz, ${facts}
  from moved where ${tell === 'now'}::boolean and exists (select from subscribers where ${type} = any(event_types))
  returning order_id, event_id, type, at, at as told_at)`
}

/**
 * The same of an anomaly that ends and held back `order.paid`, because part of the money was back before the order was known
 * to be paid: what is left of it is known now, or an operator says that nothing can be recorded.
 */
export const announceHeld = (at: Date): RawBuilder<EventKey> => sql`(
  insert into shop_events (order_id, subject, subject_no, version, type, at, facts)
  select moved.order_id, 'order', moved.order_id, moved.paid_version, 'order.paid', moved.paid_step_at,
    ${orderFacts(sql`case moved.ended when 'resolved' then 'refund-recorded' else 'refund-unknown' end`)}
  from (
    select orders.*, step.version as paid_version, step.at as paid_step_at, ended.state as ended
    from moved as ended
    join orders on orders.order_id = ended.order_id and orders.state = 'paid'
    cross join lateral (
      select version, at from history
      where history.order_id = orders.order_id and subject = 'order' and to_state = 'paid'
      order by version desc limit 1) as step
    where ended.particulars ->> 'holdsOrderPaid' = 'true'
  ) as moved
  where exists (select from subscribers where 'order.paid' = any(event_types))
  on conflict do nothing
  returning order_id, event_id, type, at, ${at}::timestamptz as told_at)`

interface EventKey {
  order_id: string
  event_id: string
}

/** The part after `with event as (…)`: a delivery, due at once, for each who wants it. */
export const announceTo = (): RawBuilder<EventKey> => sql`(
  insert into deliveries (order_id, event_id, subscriber, state, created_at, next_attempt_at)
  select order_id, event_id, name, 'pending', told_at, told_at
  from event join subscribers on type = any(event_types)
  returning order_id, event_id)`

/** Notes who wants to be told what from now on. Whoever is not named any more is told nothing new. */
export async function registerSubscribers(db: Database, subscribers: SubscriberRow[]): Promise<void> {
  await transact(db, async (writer) => {
    // Servers that start at once take turns.
    await sql`lock table subscribers in share row exclusive mode`.execute(writer)
    await writer.deleteFrom('subscribers').execute()
    if (subscribers.length > 0) await writer.insertInto('subscribers').values(subscribers).execute()
  })
}

/** Whether somebody of this name is told anything. */
export const isSubscribed = async (db: Database, name: string): Promise<boolean> =>
  (await db.selectFrom('subscribers').select('name').where('name', '=', name).executeTakeFirst()) !==
  undefined
