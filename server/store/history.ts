import type { Writer } from './database.ts'

export interface Step {
  orderId: string
  subject: 'order' | 'payment'
  subjectNo: string
  /** The subject's version after the step. */
  version: number
  at: Date
  event: string
  fromState: string | null
  toState: string
  /** Why we believe it: where from, which notification, which answer. Never an openid or a key. */
  evidence: Record<string, unknown>
}

/** Writes one step of an order's or payment's life, in the transaction that makes it. */
export async function appendStep(db: Writer, step: Step): Promise<void> {
  await db
    .insertInto('history')
    .values({
      order_id: step.orderId,
      subject: step.subject,
      subject_no: step.subjectNo,
      version: step.version,
      at: step.at,
      event: step.event,
      from_state: step.fromState,
      to_state: step.toState,
      evidence: JSON.stringify(step.evidence),
    })
    .execute()
}
