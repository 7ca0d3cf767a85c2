import type { RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import { setTimeout as wait } from 'node:timers/promises'
import { limits } from '../config/limits.ts'

/** A condition without which this server should get no traffic. */
export interface ReadinessCheck {
  /** Names it in the answer of /readyz, e.g. "database". */
  name: string
  /** What is wrong, as a sentence that tells an operator what to do; null when all is well. A throw counts as a fault. */
  fault(): string | null | Promise<string | null>
  /** What will become a fault if it goes on; it is told while the server is ready. */
  warning?(): string | null
}

/** What /readyz says of a check that failed. */
export interface ReadinessFault {
  check: string
  detail: string
}

/**
 * Answers 200 when every check passes, otherwise 503 with each fault. A check that takes longer than
 * `limits.readyWithinMs` fails: a load balancer that waits learns nothing. Every change is logged once.
 */
export function readiness(
  checks: readonly ReadinessCheck[],
  log: Pick<Logger, 'info' | 'warn'>,
): RequestHandler {
  let known = ''
  return async (_req, res) => {
    const reasons = await Promise.allSettled(checks.map((check) => inTime(check)))
    const faults = reasons.flatMap((reason, i): ReadinessFault[] => {
      const { name } = checks[i]!
      if (reason.status === 'rejected') return [{ check: name, detail: 'It failed; the log says why.' }]
      return reason.value === null ? [] : [{ check: name, detail: reason.value }]
    })
    const names = faults.map(({ check }) => check).join()
    const failed = reasons.find((reason) => reason.status === 'rejected')
    if (names !== known && faults.length > 0) log.warn({ faults, err: failed?.reason }, 'not ready')
    else if (names !== known) log.info('ready again')
    known = names
    const warnings = checks.flatMap(({ name: check, warning }) => {
      const detail = warning?.() ?? null
      return detail === null ? [] : [{ check, detail }]
    })
    if (faults.length === 0) res.json({ status: 'ok', ...(warnings.length > 0 && { warnings }) })
    else unavailable(res).json({ status: 'unavailable', faults })
  }
}

const unavailable = (res: Response) => res.status(503).setHeader('Retry-After', limits.outageRetryMs / 1_000)

async function inTime({ fault }: ReadinessCheck): Promise<string | null> {
  const isOver = new AbortController()
  const { signal } = isOver
  try {
    return await Promise.race([
      fault(),
      wait(limits.readyWithinMs, `No answer within ${limits.readyWithinMs / 1_000} s.`, {
        ref: false,
        signal,
      }),
    ])
  } finally {
    isOver.abort()
  }
}

/**
 * Answers 200 while this process can do its work, otherwise 503: a restart is the remedy. `silentMs` is the time that
 * queries have been waiting for PostgreSQL without any of them coming back.
 */
export const liveness =
  (silentMs: () => number): RequestHandler =>
  (_req, res) => {
    if (silentMs() < limits.databaseSilentMs) return void res.json({ status: 'ok' })
    const seconds = limits.databaseSilentMs / 1_000
    unavailable(res).json({ status: 'unavailable', detail: `No query came back for ${seconds} s.` })
  }
