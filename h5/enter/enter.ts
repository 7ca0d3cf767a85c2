import type { Entry } from '../../contract/entry.ts'
import type { Me } from '../../contract/session.ts'
import { failureOf } from '../api/failure.ts'
import { safePath } from '../entry/safe-path.ts'

/** What the native side wrote behind the # of the address. */
export interface Arrival {
  /** Two digits, or null when the address was mangled. */
  code: string | null
  /** Single use; null when the page is reloaded, since it is kept nowhere. */
  ticket: string | null
  /** A path of this site. */
  to: string
}

export interface EnterDeps {
  /** POST web-sessions. */
  spendTicket(code: string, ticket: string): Promise<Me>
  /** GET me. */
  getMe(code: string): Promise<Me>
  remember(entry: Entry): void
  /** Leaves for a page of the shop, without a way back to here. */
  go(path: string): void
  isHeldByMiniProgram(): Promise<boolean>
  /** Has the native side open its web-view anew; the page ends, or the promise rejects. */
  reopen(to: string): Promise<never>
  guard: { take(): boolean; reset(): void }
}

/** Reads `#e=02&t=TICKET&to=%2Forders`, or what an earlier load of this page has kept of it (never the ticket). */
export function readArrival(hash: string, kept: unknown): Arrival {
  const written = new URLSearchParams(hash.slice(1))
  const earlier = typeof kept === 'object' && kept !== null ? (kept as Partial<Arrival>) : {}
  const code = written.get('e') ?? earlier.code ?? ''
  return {
    code: /^\d\d$/.test(code) ? code : null,
    ticket: written.get('t') || null,
    to: safePath(written.get('to') ?? earlier.to),
  }
}

/**
 * Signs in with the ticket and goes on. A spent ticket with a live session goes on too; without one the native side is asked
 * for a fresh ticket, at most twice. Answers 'stuck' when only the customer can help.
 */
export async function enter({ code, ticket, to }: Arrival, deps: EnterDeps): Promise<'gone' | 'stuck'> {
  const goOn = ({ entry }: Me): 'gone' => {
    deps.remember(entry)
    deps.guard.reset()
    deps.go(to)
    return 'gone'
  }
  let isUncertain = false
  if (code && ticket) {
    try {
      return goOn(await deps.spendTicket(code, ticket))
    } catch (error) {
      // The answer may be lost although the ticket was spent, so the session is looked for in any case.
      isUncertain = !isRefusal(error)
    }
  }
  if (code) {
    try {
      return goOn(await deps.getMe(code))
    } catch (error) {
      if (isUncertain || !isRefusal(error)) return 'stuck'
    }
  }
  return askFreshTicket(to, deps)
}

async function askFreshTicket(to: string, deps: EnterDeps): Promise<'gone' | 'stuck'> {
  if (!(await deps.isHeldByMiniProgram())) {
    // A link that was opened elsewhere: the pages themselves know what a visitor may do.
    deps.go(to)
    return 'gone'
  }
  if (!deps.guard.take()) return 'stuck'
  return deps.reopen(to).catch((): 'stuck' => 'stuck')
}

/** The server said no for certain; anything else may be better in a moment. */
function isRefusal(error: unknown): boolean {
  const failure = failureOf(error)
  return failure.kind === 'problem' && failure.problem.status < 500 && failure.problem.status !== 429
}
