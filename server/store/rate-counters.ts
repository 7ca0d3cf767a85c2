import { sql } from 'kysely'
import { hashSecret } from '../shared/id.ts'
import type { Database } from './database.ts'

/** What is counted, and how much of it is allowed. */
export interface CountedAttempt {
  /** What the attempt is at, e.g. "bind-code-try": small letters and "-". */
  purpose: string
  /** Who is counted, e.g. an account's id or a network. Stored as its hash. */
  subject: string
  /** The window begins with the first attempt in it. */
  windowMs: number
  /** Attempts that one window allows. */
  limit: number
}

/** Whether an attempt was within its limit, and how long it takes until the next one is. */
export interface AttemptVerdict {
  allowed: boolean
  /** 0 while attempts are allowed. */
  retryAfterMs: number
}

/**
 * Counts an attempt before it is made, for all servers together: of any number at once no more than `limit` in a window
 * are allowed. A refused attempt writes nothing, and so does not prolong the wait. The window is PostgreSQL's machine time.
 */
export async function countAttempt(db: Database, counted: CountedAttempt): Promise<AttemptVerdict> {
  const { purpose, subject, windowMs, limit } = counted
  const hash = hashSecret(subject)
  const { rows } = await sql<{ allowed: boolean; left_ms: number }>`
    with counted as (
      insert into rate_counters as known (purpose, subject_hash, hits, ends_at)
      values (${purpose}, ${hash}, 1, clock_timestamp() + ${windowMs} * interval '1 millisecond')
      on conflict (purpose, subject_hash) do update set
        hits = case when known.ends_at <= clock_timestamp() then 1 else known.hits + 1 end,
        ends_at = case when known.ends_at <= clock_timestamp() then excluded.ends_at else known.ends_at end
      where known.ends_at <= clock_timestamp() or known.hits < ${limit}
      returning ends_at
    )
    select true as allowed, 0 as left_ms from counted
    union all
    select false, extract(epoch from ends_at - clock_timestamp())::float8 * 1000
    from rate_counters
    where purpose = ${purpose} and subject_hash = ${hash} and not exists (select from counted)`.execute(db)
  const [row] = rows
  // Refused by a row that this statement's snapshot does not have yet: its window has just begun.
  if (!row) return { allowed: false, retryAfterMs: windowMs }
  return row.allowed
    ? { allowed: true, retryAfterMs: 0 }
    : { allowed: false, retryAfterMs: Math.max(1, Math.ceil(row.left_ms)) }
}
