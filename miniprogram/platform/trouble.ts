import type { OrderClosure, ProblemCode } from '../../contract/problem'

/**
 * Why something could not be done, in the few kinds a page treats apart:
 * - offline: no answer came, the same request may be tried again
 * - refused: the server answered with a problem (`status`, sometimes `code`)
 * - login: WeChat gave no login code
 * - not-configured: the uploaded version still has the placeholder host
 * - unexpected: a mistake of our own
 */
type TroubleKind = 'offline' | 'refused' | 'login' | 'not-configured' | 'unexpected'

/** An Error with a kind. A plain object, since `instanceof` does not survive every compile target of DevTools. */
export interface Trouble extends Error {
  kind: TroubleKind
  /** HTTP status of a refusal. */
  status?: number
  /** Named refusals of our API. */
  code?: ProblemCode
  /** The order that takes no payment any more. */
  orderId?: string
  /** Why it takes none. */
  closure?: OrderClosure
  /** Of the refused request, for the support desk. */
  requestId?: string
}

/** Makes the error to throw. The message is for developers; pages choose their own words by kind. */
export function trouble(
  kind: TroubleKind,
  message: string,
  more: Pick<Trouble, 'status' | 'code' | 'orderId' | 'closure' | 'requestId'> = {},
): Trouble {
  return Object.assign(new Error(message), { kind }, more)
}

/** Anything that was thrown, as a Trouble. A mistake of our own is logged, since no page can explain it. */
export function asTrouble(thrown: unknown): Trouble {
  if (thrown instanceof Error && 'kind' in thrown) return thrown as Trouble
  console.error(thrown)
  return trouble('unexpected', String(thrown))
}
