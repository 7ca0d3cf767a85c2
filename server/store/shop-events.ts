import { sql, type RawBuilder } from 'kysely'
import { transact, type Database } from './database.ts'
import type { SubscriberRow } from './tables.ts'

/** How each subject's steps are told. In `type`, what no subscriber can ask for is told to nobody. */
const told = {
  order: {
    number: 'order_id',
    type: sql<string>`'order.' || state`,
    facts: sql`jsonb_build_object('id', order_id, 'state', state, 'entryCode', entry_code, 'totalFen', total_fen,
      'paymentId', (select out_trade_no from payments where payments.order_id = moved.order_id and kept))`,
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
 * Never an openid. `announceTo` hands it out.
 */
export const announce = (subject: keyof typeof told, at: Date): RawBuilder<EventKey> => {
  const { number, type, facts } = told[subject]
  return sql`(
  insert into shop_events (order_id, subject, subject_no, version, type, at, facts)
  select order_id, ${subject}, ${sql.ref(number)}, version, ${type}, ${at}::timestamptz, ${facts}
  from moved where exists (select from subscribers where ${type} = any(event_types))
  returning order_id, event_id, type, at)`
}

interface EventKey {
  order_id: string
  event_id: string
}

/** The part after `with event as (…)`: a delivery, due at once, for each who wants it. */
export const announceTo = (): RawBuilder<EventKey> => sql`(
  insert into deliveries (order_id, event_id, subscriber, state, created_at, next_attempt_at)
  select order_id, event_id, name, 'pending', at, at
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
