import { sql, type RawBuilder } from 'kysely'
import { limits } from '../config/limits.ts'
import type { Database } from './database.ts'
import type { Payee, PaymentRow, SecondLookRow } from './tables.ts'

/**
 * Another part of the statement `with moved as (…)` that moves payments: the first second look at one that is paid now. One
 * that was paid so long ago that a moment is past is looked at once, soon.
 */
export const scheduleLook = (at: Date): RawBuilder<{ order_id: string }> => sql`(
  insert into second_looks (order_id, out_trade_no, channel, mchid, due_at)
  select order_id, out_trade_no, channel, mchid, greatest(paid_at + ${limits.secondLookLadderMs[0]} * interval '1 millisecond', ${at})
  from moved where state = 'paid'
  on conflict do nothing
  returning order_id)`

/** Payees with a payment whose second look is due. Loose index scan: one index probe for each payee, not for each payment. */
export async function payeesWithDueLooks(db: Database, now: Date): Promise<Payee[]> {
  const { rows } = await sql<Payee>`
    with recursive payee as (
      (select channel, mchid from second_looks order by channel, mchid limit 1)
      union all
      select next.* from payee cross join lateral (
        select channel, mchid from second_looks
        where (channel, mchid) > (payee.channel, payee.mchid)
        order by channel, mchid limit 1) as next
    )
    select channel, mchid from payee
    where exists (
      select from second_looks
      where second_looks.channel = payee.channel and second_looks.mchid = payee.mchid and due_at <= ${now})`.execute(
    db,
  )
  return rows
}

/** Takes payments of a payee whose second look is due, each for one caller only, and sets them aside until the lease ends. */
export async function claimSecondLooks(
  db: Database,
  { channel, mchid }: Payee,
  { now, leaseUntil, count }: { now: Date; leaseUntil: Date; count: number },
): Promise<PaymentRow[]> {
  const { rows } = await sql<PaymentRow>`
    with claimed as (
      update second_looks set due_at = ${leaseUntil}
      where (order_id, out_trade_no) in (
        select order_id, out_trade_no from second_looks
        where channel = ${channel} and mchid = ${mchid} and due_at <= ${now} order by due_at limit ${count} for update skip locked)
      returning order_id, out_trade_no
    ) select payments.* from claimed join payments using (order_id, out_trade_no)`.execute(db)
  return rows
}

/** Notes when a payment is looked at again; null: never again. */
export async function noteSecondLook(
  db: Database,
  { order_id: orderId, out_trade_no: number }: Pick<SecondLookRow, 'order_id' | 'out_trade_no'>,
  dueAt: Date | null,
): Promise<void> {
  const of = <
    Query extends { where: (column: 'order_id' | 'out_trade_no', is: '=', value: string) => Query },
  >(
    query: Query,
  ) => query.where('order_id', '=', orderId).where('out_trade_no', '=', number)
  if (dueAt) await of(db.updateTable('second_looks').set({ due_at: dueAt })).execute()
  else await of(db.deleteFrom('second_looks')).execute()
}
