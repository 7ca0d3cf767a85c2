import { createHash } from 'node:crypto'
import pg from 'pg'
import { labelOf } from './message-numbers.ts'

/** Every step of every history, as far as a seed decides it: numbers are random, moments count from the start. */
const STEPS = `select order_id, subject, subject_no, version, event, from_state, to_state, at from history`

/** One line for all that happened: two runs of one seed have the same. */
export async function digestHistory(
  databaseUrl: string,
  startMs: number,
  journeyOf: (orderId: string) => number | undefined,
): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query(STEPS)
    const lines = rows.map((row) => {
      const label = /^[0-9A-Z]{32}$/.test(row.subject_no) ? labelOf(row.subject_no) : ''
      const step = `${row.version} ${row.event} ${row.from_state}>${row.to_state} +${row.at.getTime() - startMs}`
      return `${String(journeyOf(row.order_id)).padStart(6)} ${row.subject} ${label} ${step}`
    })
    return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex').slice(0, 16)
  } finally {
    await client.end()
  }
}
