/**
 * Moments at which a server is killed. They lie on its wires, so the product has no line for them: what it has sent and
 * what it has heard is all that a crash can leave behind.
 */
export const failpoints = [
  'prepay: before WeChat hears of it',
  'prepay: WeChat did it, the answer is on its way',
  'close: before WeChat hears of it',
  'close: WeChat did it, the answer is on its way',
  'refund: before WeChat hears of it',
  'refund: WeChat did it, the answer is on its way',
  'query: the answer is on its way',
  'notification: stored, the server has not heard',
  'notification: answered, WeChat has not heard',
  'payment settled: before the commit',
  'payment settled: committed, the server has not heard',
  'refund settled: before the commit',
  'refund settled: committed, the server has not heard',
  'customer: answered, the client has not heard',
  'any moment',
  'the moment the other server died',
] as const
export type Failpoint = (typeof failpoints)[number]

/** The failpoint before or after a call to WeChat, or null: nobody dies there. */
export function failpointOf(call: string, moment: 'before' | 'after'): Failpoint | null {
  const ending = moment === 'before' ? 'before WeChat hears of it' : 'WeChat did it, the answer is on its way'
  const name =
    call === 'query' && moment === 'after' ? 'query: the answer is on its way' : `${call}: ${ending}`
  return failpoints.find((failpoint) => failpoint === name) ?? null
}
