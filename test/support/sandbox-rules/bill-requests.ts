import type { Reply } from '../sandbox-client.ts'
import { paidOrder } from './refund-requests.ts'
import { DAY_MS, HOUR_MS, MCHID } from './rule.ts'
import type { Stage } from './rule.ts'

/** Today in UTC+8. */
export async function today(stage: Stage): Promise<string> {
  const { nowMs } = (await stage.sandbox.control('/clock')).body
  return new Date(nowMs + 8 * HOUR_MS).toISOString().slice(0, 10)
}

/** Moves the clock to so long after midnight (UTC+8) at the end of a day. */
export const afterDay = (stage: Stage, date: string, waitMs: number): Promise<Reply> =>
  stage.sandbox.control('/clock', {
    at: new Date(Date.parse(`${date}T00:00:00+08:00`) + DAY_MS + waitMs).toISOString(),
  })

/** A day on which something was paid, seen at 10:00 of the next, or so long after its end. */
export async function billedDay(stage: Stage, waitMs = 10 * HOUR_MS): Promise<string> {
  await paidOrder(stage)
  const date = await today(stage)
  await afterDay(stage, date, waitMs)
  return date
}

/** Asks for a bill: tradebill or fundflowbill. */
export const askBill = (
  stage: Stage,
  query: Record<string, string>,
  { kind = 'tradebill', mchid = MCHID }: { kind?: string; mchid?: string } = {},
): Promise<Reply> =>
  stage.sandbox.call(mchid, 'GET', `/v3/bill/${kind}?${new URLSearchParams(query).toString()}`)

/** Fetches what an answer's download_url names, as a merchant. */
export function download(stage: Stage, answer: Reply, mchid = MCHID, rest = ''): Promise<Reply> {
  const { pathname, search } = new URL(answer.body.download_url)
  return stage.sandbox.call(mchid, 'GET', pathname + search + rest)
}
