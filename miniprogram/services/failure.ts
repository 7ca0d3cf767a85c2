import { asTrouble } from '../platform/trouble'
import type { Words } from '../words/zh'

/** Names of the failures that have words of their own. */
export type Failure = keyof Words['failures']

/** Which words fit what was thrown. A payment page that was refused knows more, see pages/pay/pay-screen.ts. */
export function failureOf(thrown: unknown): Failure {
  const { kind } = asTrouble(thrown)
  return kind === 'refused' || kind === 'unexpected' ? 'unavailable' : kind
}
