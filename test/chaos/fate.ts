import type { Chance } from './chance.ts'
import type { CallName } from './wire.ts'

/**
 * What the network does to a call of ours. Before: it never arrived. After: it was carried out and the answer is gone.
 * Lost: the connection breaks; timeout: it stays, and nobody says a word. late: it arrives minutes after we gave up.
 * system-error: WeChat itself answers 500, signed. too-early: WeChat refuses to close a young order. Unsigned, probe and
 * tampered answers must count as lost. repeat-refused: the request arrives seconds after we gave up, and WeChat refuses its
 * repeat meanwhile, so the refusal says nothing about the first send.
 */
export type CallFate =
  | 'pass'
  | 'lost-before'
  | 'lost-after'
  | 'timeout-before'
  | 'timeout-after'
  | 'late'
  | 'bad-gateway'
  | 'system-error'
  | 'too-early'
  | 'unsigned'
  | 'probe'
  | 'tampered'
  | 'repeat-refused'

/**
 * What it does to a notification. forged: a changed copy comes first; probe: a copy with WeChat's probe for a signature
 * comes first; late: a copy comes minutes afterwards.
 */
export type NotifyFate = 'pass' | 'lost' | 'answer-lost' | 'doubled' | 'late' | 'forged' | 'probe'

/** The odds of a campaign, in parts of the whole; `pass` gets the rest. */
export interface Weather {
  /** Share of calls to WeChat that meet a fault. */
  callFaults: number
  /** The same of closes, with which two entries compete for one order's money. */
  closeFaults: number
  /** The same of refunds: they are few. */
  refundFaults: number
  /** Share of notifications that meet one. */
  notifyFaults: number
  /** Share of those faults that lose the notification; the rest is shared evenly. */
  notifyLost: number
}

export const stormy: Weather = {
  callFaults: 0.12,
  closeFaults: 0.5,
  refundFaults: 0.4,
  notifyFaults: 0.5,
  notifyLost: 0.4,
}
export const clear: Weather = {
  callFaults: 0,
  closeFaults: 0,
  refundFaults: 0,
  notifyFaults: 0,
  notifyLost: 0,
}
export const noNotifications: Weather = { ...clear, notifyFaults: 1, notifyLost: 1 }

/** A timeout takes machine time: the first call of these journeys meets one, if it comes at the first moment, and no other. */
const TIMEOUTS: Readonly<Record<number, CallFate>> = {
  3: 'timeout-before',
  4: 'timeout-before',
  5: 'timeout-before',
  6: 'timeout-after',
  7: 'timeout-after',
  8: 'timeout-after',
}

/** Whether the first call of this journey meets a timeout. */
export const meetsTimeout = (journey: number): boolean => journey in TIMEOUTS

function shareOf(call: CallName, weather: Weather): number {
  if (call === 'close') return weather.closeFaults
  return call === 'refund' ? weather.refundFaults : weather.callFaults
}

/** The fate of the nth such call about one number; `isFirst` of its journey, and at the first moment. */
export function drawCallFate(
  call: CallName,
  chance: Chance,
  weather: Weather,
  { journey, isFirst }: { journey: number | null; isFirst: boolean },
): CallFate {
  const timeout = journey === null || !isFirst || weather.callFaults === 0 ? undefined : TIMEOUTS[journey]
  if (timeout) return timeout
  if (chance.next() >= shareOf(call, weather)) return 'pass'
  const isQuestion = call === 'query' || call === 'refund-query'
  return chance.pick({
    'lost-before': 2,
    'lost-after': 4,
    // Nobody asks late: a question that arrives after all changes nothing.
    late: isQuestion ? 0 : 2,
    'bad-gateway': 1,
    'system-error': call === 'refund-query' ? 0 : 1,
    'too-early': call === 'close' ? 8 : 0,
    unsigned: 1,
    probe: 1,
    tampered: 1,
    'repeat-refused': call === 'refund' ? 4 : 0,
  })
}

export function drawNotifyFate(chance: Chance, weather: Weather): NotifyFate {
  if (chance.next() >= weather.notifyFaults) return 'pass'
  if (chance.next() < weather.notifyLost) return 'lost'
  return chance.pick({ 'answer-lost': 1, doubled: 1, late: 1, forged: 1, probe: 1 })
}
