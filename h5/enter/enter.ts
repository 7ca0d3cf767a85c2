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
 * Signs in with the ticket and goes on. A spent ticket with a live session of the same person goes on too; without one the
 * native side is asked for a fresh ticket, at most twice. Outside a mini-program the ticket is dropped unspent: otherwise
 * the visitor would be signed in as the person who made the link. Answers 'stuck' when only the customer can help.
 */
export async function enter({ code, ticket, to }: Arrival, deps: EnterDeps): Promise<'gone' | 'stuck'> {
  if (!(await deps.isHeldByMiniProgram())) {
    // The pages themselves know what a visitor may do.
    deps.go(to)
    return 'gone'
  }
  const goOn = ({ entry }: Me): 'gone' => {
    deps.remember(entry)
    deps.guard.reset()
    deps.go(to)
    return 'gone'
  }
  if (code && ticket) {
    try {
      return goOn(await spendSurely(code, ticket, deps))
    } catch (error) {
      // Nothing is certain, and the cookie may belong to the previous user of this phone.
      if (!isRefusal(error)) return 'stuck'
    }
  }
  if (code) {
    try {
      return goOn(await deps.getMe(code))
    } catch (error) {
      if (!isRefusal(error)) return 'stuck'
    }
  }
  if (!deps.guard.take()) return 'stuck'
  return deps.reopen(to).catch((): 'stuck' => 'stuck')
}

/** Spends the ticket; once more when the answer was lost, since only an answer tells whose session there is now. */
function spendSurely(code: string, ticket: string, { spendTicket }: EnterDeps): Promise<Me> {
  return spendTicket(code, ticket).catch((error: unknown) => {
    if (isRefusal(error)) throw error
    return spendTicket(code, ticket)
  })
}

/** The server said no for certain; anything else may be better in a moment. */
function isRefusal(error: unknown): boolean {
  const failure = failureOf(error)
  return failure.kind === 'problem' && failure.problem.status < 500 && failure.problem.status !== 429
}
