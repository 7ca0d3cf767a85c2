import type { Problem } from '../../contract/problem.ts'

/**
 * Why a request brought nothing back.
 * - problem: the server refused and says why
 * - offline, timeout, unreadable: nothing certain is known; asking again is safe
 * - outside-wechat: the shop has no entry for browsers, so nobody can sign in here
 * - sign-in-stuck: signing in was tried as often as is sensible
 * - signed-out: the customer signed out here, and signs in again by a tap alone
 * - no-cookies: the browser forgets its account at once
 */
export type Failure =
  | { kind: 'problem'; problem: Problem }
  | {
      kind:
        | 'offline'
        | 'timeout'
        | 'unreadable'
        | 'outside-wechat'
        | 'sign-in-stuck'
        | 'signed-out'
        | 'no-cookies'
    }

/** Carries a Failure through promises. */
export class RequestFailed extends Error {
  /** Declared only: a field that is compiled for the oldest web-views would bring 300 bytes of helpers to every first load. */
  declare readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.kind === 'problem' ? failure.problem.title : failure.kind)
    this.failure = failure
  }
}

/** Whether the server refused to begin a payment because the order is paid: its result page shows how. */
export const isOrderPaid = (failure: Failure): boolean =>
  failure.kind === 'problem' && failure.problem.code === 'order-paid'

/** The Failure in something caught; a fault of our own is thrown on. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RequestFailed) return error.failure
  throw error
}
