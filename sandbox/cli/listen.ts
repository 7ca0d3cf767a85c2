import type { AttemptRecord, CallRecord, NotificationRecord } from '../world/inbox.ts'
import { openEvents } from './event-stream.ts'
import { runningSandbox } from './find-sandbox.ts'

/** What `listen` is told. */
export interface ListenOptions {
  sandbox: string | undefined
  /** Every first attempt of a notification goes here too, byte for byte. */
  forwardTo: string | undefined
}

/** Prints calls and notifications as they come, until Ctrl-C. Resolves with the exit code. */
export async function listen({ sandbox: given, forwardTo }: ListenOptions): Promise<number> {
  const { url } = await runningSandbox(given)
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())
  process.once('SIGTERM', () => stopping.abort())
  const printed = new Map<string, number>()
  try {
    const events = await openEvents(url, stopping.signal)
    // Not said before it is true: somebody may be waiting for this line to begin.
    process.stdout.write(
      `listening to ${url}${forwardTo === undefined ? '' : `, forwarding to ${forwardTo}`}\n`,
    )
    for await (const { event, data } of events) {
      if (event === 'call') process.stdout.write(`${callLine(data as CallRecord)}\n`)
      if (event !== 'notification') continue
      const record = data as NotificationRecord
      const isNew = record.attemptCount > (printed.get(record.id) ?? 0)
      const attempt = record.attempts.at(-1)
      if (!attempt || !isNew) continue
      printed.set(record.id, record.attemptCount)
      process.stdout.write(`${notificationLine(record, attempt)}\n`)
      if (forwardTo !== undefined && record.attemptCount === 1) await forward(forwardTo, attempt)
    }
    process.stderr.write('the sandbox has ended\n')
    return 1
  } catch (error) {
    if (stopping.signal.aborted) return 0
    process.stderr.write(`the connection to ${url} broke: ${(error as Error).message}\n`)
    return 1
  }
}

const time = (at: string) => at.slice(11, 19)

const callLine = ({ at, method, url, status, verdict }: CallRecord) =>
  `${time(at)}  →  ${method} ${url}  ${status || '—'} ${verdict}`

const notificationLine = (
  { eventType, outTradeNo, url }: NotificationRecord,
  { at, status, verdict }: AttemptRecord,
) => `${time(at)}  ←  ${eventType} ${outTradeNo} → ${url}  ${status ?? '—'} ${verdict}`

/** The same bytes under the same headers, so that the signature holds there too. What it answers is only shown. */
async function forward(to: string, { headers, body }: AttemptRecord): Promise<void> {
  const { 'Content-Length': _length, ...sent } = headers
  try {
    const { status } = await fetch(to, {
      method: 'POST',
      headers: sent,
      body,
      signal: AbortSignal.timeout(5_000),
    })
    process.stdout.write(`          ⤷  ${to}  ${status}\n`)
  } catch (error) {
    process.stdout.write(`          ⤷  ${to}  ${(error as Error).message}\n`)
  }
}
