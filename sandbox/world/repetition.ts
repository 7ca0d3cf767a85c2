import type { BusinessClock } from './clock.ts'

/**
 * WeChat warns who pays the same merchant the same amount twice within a minute.
 * https://pay.weixin.qq.com/wiki/doc/api_external/ch/faq/chapter1_1_3.shtml
 */
const WITHIN_MS = 60_000
const KEPT = 10_000

/** Who paid whom how much a moment ago. In memory only: a restart forgets it as a minute would. */
export interface Repetition {
  isRepeated(personId: string, payee: string, amountFen: number): boolean
  note(personId: string, payee: string, amountFen: number): void
  clear(): void
}

export function createRepetition(clock: BusinessClock): Repetition {
  const paidAtMs = new Map<string, number>()
  const keyOf = (personId: string, payee: string, amountFen: number) => `${personId} ${payee} ${amountFen}`
  const isRecent = (atMs: number | undefined) => atMs !== undefined && clock.nowMs() < atMs + WITHIN_MS
  return {
    isRepeated: (...given) => isRecent(paidAtMs.get(keyOf(...given))),
    note(...given) {
      paidAtMs.set(keyOf(...given), clock.nowMs())
      if (paidAtMs.size > KEPT) paidAtMs.delete(paidAtMs.keys().next().value!)
    },
    clear: () => paidAtMs.clear(),
  }
}
