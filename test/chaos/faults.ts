/** How often what happened, e.g. { "prepay lost-after": 12, "journey paysAtBothDoors": 40 }. */
export type Tally = Map<string, number>

const count = (tally: Tally, name: string, by = 1) => void tally.set(name, (tally.get(name) ?? 0) + by)

/** Notes that something happened. */
export const note = (tally: Tally, name: string): void => count(tally, name)

/** Every kind of fault, and the notes that are of this kind. */
const KINDS: readonly (readonly [kind: string, notes: RegExp])[] = [
  ['request lost', / lost-before$/],
  ['answer lost', /^(prepay|query|close|refund|refund-query) lost-after$/],
  ['close lost', /^close (lost-before|late|timeout-before|bad-gateway)$/],
  ['answer of a close lost', /^close (lost-after|timeout-after|unsigned|tampered|probe)$/],
  ['request late', /^(prepay|close|refund) late$/],
  ['timeout before', / timeout-before$/],
  ['timeout after', / timeout-after$/],
  ['bad gateway', / bad-gateway$/],
  ['repeat refused', /^refund repeat-refused$/],
  ['WeChat 500', / system-error$/],
  ['unsigned answer', / unsigned$/],
  ['probe answer', /^(?!notify).* probe$/],
  ['tampered answer', / tampered$/],
  ['close too early', /^close too-early$/],
  ['notification lost', /^notify lost$/],
  ['its answer lost', /^notify answer-lost$/],
  ['doubled', /^notify doubled$/],
  ['delayed', /^notify late$/],
  ['reordered', /^notify reordered$/],
  ['forged', /^notify forged$/],
  ['probe notification', /^notify probe$/],
  ['key change', /^key change$/],
  ['by certificate', /^signed by certificate$/],
  ['by public key', /^signed by public key$/],
  ['clock skew', /^clock skew$/],
  ['expiry race', /^journey paysAtTheLastSecond$/],
  ['two entries', /^journey (changesDoor|paysAtBothDoors|paysTheDoorItLeft)$/],
  ['paid meanwhile', /^paid meanwhile$/],
  ['refund', /^journey isRefunded(InParts)?$/],
  ['refund at WeChat', /^journey isRefundedOnThePlatform$/],
  ['coupon', /^journey paysWithCoupon$/],
]

/** Fewer journeys may well miss a kind. */
const ENOUGH_JOURNEYS = 500

/** What was drawn, kind by kind. */
export function countKinds(tally: Tally): Map<string, number> {
  const counts = new Map(KINDS.map(([kind]) => [kind, 0]))
  for (const [name, times] of tally)
    for (const [kind, notes] of KINDS) if (notes.test(name)) count(counts, kind, times)
  return counts
}

/** Kinds that a campaign of that size should have drawn and did not: then it shows less than it says. */
export const missingKinds = (counts: Tally, journeys: number): string[] =>
  journeys < ENOUGH_JOURNEYS ? [] : [...counts].filter(([, times]) => times === 0).map(([kind]) => kind)
