import { sql } from 'kysely'
import type { Database } from './database.ts'

/**
 * Takes a chore that is due, for one server only, for so long: null when it is not due or another server does it. Answers
 * where its last turn stopped. By the database's clock, so that servers agree.
 */
export async function claimChore(
  db: Database,
  name: string,
  leaseMs: number,
): Promise<{ place: string | null } | null> {
  const { rows } = await sql<{ place: string | null }>`
    insert into chores (name, due_at)
    values (${name}, clock_timestamp() + ${leaseMs} * interval '1 millisecond')
    on conflict (name) do update set due_at = excluded.due_at
    where chores.due_at <= clock_timestamp()
    returning place`.execute(db)
  return rows[0] ?? null
}

/** Notes when a chore is due again, and where its next turn begins. */
export async function noteChore(
  db: Database,
  name: string,
  next: { afterMs: number; place: string | null },
): Promise<void> {
  await sql`
    update chores
    set due_at = clock_timestamp() + ${next.afterMs} * interval '1 millisecond', place = ${next.place}
    where name = ${name}`.execute(db)
}
