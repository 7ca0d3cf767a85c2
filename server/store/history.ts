import { sql, type RawBuilder } from 'kysely'

/** One step of an order's or payment's life. It is written by the very statement that makes the step. */
export interface Step {
  subject: 'order' | 'payment'
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
  number: 'order_id' | 'out_trade_no',
): RawBuilder<{ order_id: string }> => sql`(
  insert into history (order_id, subject, subject_no, version, at, event, from_state, to_state, evidence)
  select order_id, ${step.subject}, ${sql.ref(number)}, version, ${step.at}::timestamptz, ${step.event},
         ${step.fromState}, state, ${JSON.stringify(step.evidence)}::jsonb
  from moved)`
