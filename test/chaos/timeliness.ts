import pg from 'pg'
import type { Figures } from './campaign.ts'

/** How long, in seconds of business time, the slowest and the usual payment took to be known. */
export interface Timeliness {
  /** From a payment's expiry to its end, for those that ended after it. */
  afterExpiry: { count: number; slowestS: number }
  /** From the client's return with money paid to "paid" in our books. */
  afterReturn: { count: number; slowestS: number }
}

/** Reads it from the history that the payments wrote themselves. */
export async function measureTimeliness(
  databaseUrl: string,
  { returnedAtMs, skewMs }: Pick<Figures, 'returnedAtMs' | 'skewMs'>,
): Promise<Timeliness> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ number: string; state: string; at: Date; expires_at: Date }>(
      `select subject_no as number, to_state as state, at, expires_at
       from history join payments on out_trade_no = subject_no
       where subject = 'payment' and to_state in ('paid', 'closed', 'failed')`,
    )
    const late = rows.map((row) => row.at.getTime() - row.expires_at.getTime()).filter((ms) => ms > 0)
    const returned = rows
      .filter((row) => row.state === 'paid' && returnedAtMs.has(row.number))
      .map((row) => row.at.getTime() - skewMs - returnedAtMs.get(row.number)!)
    return { afterExpiry: figure(late), afterReturn: figure(returned) }
  } finally {
    await client.end()
  }
}

const figure = (waits: number[]) => ({ count: waits.length, slowestS: Math.max(0, ...waits) / 1_000 })
