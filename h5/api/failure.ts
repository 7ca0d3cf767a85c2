import type { Problem } from '../../contract/problem.ts'

/**
 * Why a request brought nothing back.
 * - problem: the server refused and says why
 * - offline, timeout, unreadable: nothing certain is known; asking again is safe
 * - outside-wechat: the page is not open in WeChat, so nobody can sign in here
 * - sign-in-stuck: signing in was tried as often as is sensible
 */
export type Failure =
  | { kind: 'problem'; problem: Problem }
  | { kind: 'offline' | 'timeout' | 'unreadable' | 'outside-wechat' | 'sign-in-stuck' }

/** Carries a Failure through promises. */
export class RequestFailed extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.kind === 'problem' ? failure.problem.title : failure.kind)
    this.failure = failure
  }
}

/** The Failure in something caught; a fault of our own is thrown on. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RequestFailed) return error.failure
  throw error
}
