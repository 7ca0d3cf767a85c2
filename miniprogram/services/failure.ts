import { asTrouble } from '../platform/trouble'
import type { Words } from '../words/zh'

/** Names of the failures that have words of their own. */
export type Failure = keyof Words['failures']

/** What a notice says: the words, and behind them the number of the request, when the server has refused one. */
export interface Told {
  failure: Failure | ''
  note: string
}

/** While nothing has failed. */
export const nothingTold: Told = { failure: '', note: '' }

/** What a notice says of what was thrown. */
export function toldOf(thrown: unknown, words: Words): Told {
  const known = asTrouble(thrown)
  const { requestId } = known
  return { failure: failureOf(known), note: requestId ? `${words.requestNumber} ${requestId}` : '' }
}

/** Which words fit what was thrown. A payment page that was refused knows more, see pages/pay/pay-screen.ts. */
export function failureOf(thrown: unknown): Failure {
  const { kind } = asTrouble(thrown)
  return kind === 'refused' || kind === 'unexpected' ? 'unavailable' : kind
}
