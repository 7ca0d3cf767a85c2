import type { Problem } from '../../contract/problem'
import type { HttpAnswer } from '../platform/request'
import { trouble, type Trouble } from '../platform/trouble'

/** An answer of 400 and above as something to throw. A gateway's HTML page has no code and no request id. */
export function refusal({ status, body }: HttpAnswer): Trouble {
  const problem: Partial<Problem> = typeof body === 'object' && body !== null ? body : {}
  const { code, orderId, closure, requestId } = problem
  return trouble('refused', `${status} ${problem.type ?? ''}`, { status, code, orderId, closure, requestId })
}
