import { sql } from 'kysely'
import { requestMachine, type RequestEvent } from '../refunds/request-state.ts'
import type { Database } from './database.ts'
import { appendStep, type Step } from './history.ts'
import type { RefundRequestRow } from './tables.ts'

/** Writes a new request with its first step. False: this order has an open one already. */
export async function insertRefundRequest(db: Database, request: RefundRequestRow): Promise<boolean> {
  const step: Step = {
    subject: 'request',
    at: request.created_at,
    event: 'asked',
    fromState: null,
    evidence: { by: 'customer' },
  }
  const written = await db
    .with('moved', (query) =>
      query
        .insertInto('refund_requests')
        .values(request)
        .onConflict((conflict) => conflict.column('order_id').where('state', '=', 'open').doNothing())
        .returningAll(),
    )
    .with('step', () => appendStep(step, 'request_id'))
    .selectFrom('moved')
    .select('request_id')
    .executeTakeFirst()
  return written !== undefined
}

/** When a request was approved, declined or withdrawn, as its history has it: the one step after the first. */
const endedAt = sql<Date | null>`(
  select at from history
  where history.order_id = refund_requests.order_id and subject = 'request' and subject_no = request_id
    and history.version = refund_requests.version and from_state is not null)`.as('ended_at')

/** A request, and when it ended. */
export type EndedRequest = RefundRequestRow & { ended_at: Date | null }

export const findRefundRequest = (db: Database, requestId: string): Promise<EndedRequest | undefined> =>
  db
    .selectFrom('refund_requests')
    .selectAll()
    .select(endedAt)
    .where('request_id', '=', requestId)
    .executeTakeFirst()

/** How many requests of an order its customer has withdrawn. */
export async function countWithdrawn(db: Database, orderId: string): Promise<number> {
  const { count } = await db
    .selectFrom('refund_requests')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('order_id', '=', orderId)
    .where('state', '=', 'withdrawn')
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** What an order's customer asked for last. */
export const newestRefundRequest = (db: Database, orderId: string): Promise<EndedRequest | undefined> =>
  db
    .selectFrom('refund_requests')
    .selectAll()
    .select(endedAt)
    .where('order_id', '=', orderId)
    .orderBy('created_at', 'desc')
    .orderBy('request_id')
    .limit(1)
    .executeTakeFirst()

/** One page of what waits for an answer, oldest first, from after the given place. */
export function pageOfOpenRequests(
  db: Database,
  after: { at: Date; id: string } | undefined,
  count: number,
): Promise<RefundRequestRow[]> {
  let query = db.selectFrom('refund_requests').selectAll().where('state', '=', 'open')
  if (after) query = query.where(sql<boolean>`(created_at, request_id) > (${after.at}, ${after.id})`)
  return query.orderBy('created_at').orderBy('request_id').limit(count).execute()
}

/** Moves a request by an event, with its history row. Compare-and-set: null when it has been answered or withdrawn meanwhile. */
export async function moveRefundRequest(
  db: Database,
  request: RefundRequestRow,
  event: RequestEvent,
  at: Date,
  reply: string | null,
  evidence: Record<string, unknown>,
): Promise<EndedRequest | null> {
  const to = requestMachine.next(request.state, event)
  if (!to) return null
  const step: Step = { subject: 'request', at, event, fromState: request.state, evidence }
  const moved = await db
    .with('moved', (query) =>
      query
        .updateTable('refund_requests')
        .set({ state: to, reply, version: request.version + 1 })
        .where('order_id', '=', request.order_id)
        .where('request_id', '=', request.request_id)
        .where('version', '=', request.version)
        .returningAll(),
    )
    .with('step', () => appendStep(step, 'request_id'))
    .selectFrom('moved')
    .selectAll()
    .executeTakeFirst()
  return moved ? { ...moved, ended_at: at } : null
}
