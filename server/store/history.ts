import { sql, type RawBuilder, type Selectable } from 'kysely'
import type { Database } from './database.ts'
import type { Tables } from './tables.ts'

/** One step of the life of an order and of what belongs to it. It is written by the very statement that makes the step. */
export interface Step {
  subject: Tables['history']['subject']
  at: Date
  event: string
  fromState: string | null
  /** Why we believe it: where from, which notification, which answer. Never an openid or a key. */
  evidence: Record<string, unknown>
}

/**
 * The second half of a statement `with moved as (…)`: appends the step of each row that moved. The rows of `moved` have
 * order_id, version and state; `number` is the column that names the subject.
 */
export const appendStep = (
  step: Step,
  number: 'order_id' | 'out_trade_no' | 'out_refund_no' | 'anomaly_id' | 'request_id' | 'approval_id',
): RawBuilder<{ order_id: string }> => sql`(
  insert into history (order_id, subject, subject_no, version, at, event, from_state, to_state, evidence)
  select order_id, ${step.subject}, ${sql.ref(number)}, version, ${step.at}::timestamptz, ${step.event},
         ${step.fromState}, state, ${JSON.stringify(step.evidence)}::jsonb
  from moved)`

export type HistoryRow = Selectable<Tables['history']>

/** Every step of one thing, oldest first. */
export const stepsOf = (db: Database, of: { orderId: string; subject: Step['subject']; number: string }) =>
  db
    .selectFrom('history')
    .selectAll()
    .where('order_id', '=', of.orderId)
    .where('subject', '=', of.subject)
    .where('subject_no', '=', of.number)
    .orderBy('version')
    .execute()

/** Every step of an order and of all that belongs to it, oldest first. */
export const historyOf = (db: Database, orderId: string): Promise<HistoryRow[]> =>
  db
    .selectFrom('history')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('at')
    .orderBy('subject')
    .orderBy('subject_no')
    .orderBy('version')
    .execute()
