import type { Chance } from './chance.ts'

/**
 * What the network does to a call of ours. system-error: WeChat itself answers 500, signed. Of the others WeChat's
 * answer was lost (after) or the call never arrived (before); unsigned, probe and tampered answers must count as lost.
 */
export type CallFate =
  'pass' | 'lost-before' | 'lost-after' | 'bad-gateway' | 'system-error' | 'unsigned' | 'probe' | 'tampered'

/** What it does to a notification. forged: a changed copy comes first; late: a copy comes minutes afterwards. */
export type NotifyFate = 'pass' | 'lost' | 'answer-lost' | 'doubled' | 'late' | 'forged'

/** The odds of a campaign, in parts of the whole; `pass` gets the rest. */
export interface Weather {
  /** Share of calls to WeChat that meet a fault. */
  callFaults: number
  /** The same of closes, with which two entries compete for one order's money. */
  closeFaults: number
  /** Share of notifications that meet one. */
  notifyFaults: number
  /** Share of those faults that lose the notification; the rest is shared evenly. */
  notifyLost: number
}

export const stormy: Weather = { callFaults: 0.12, closeFaults: 0.5, notifyFaults: 0.5, notifyLost: 0.4 }
export const clear: Weather = { callFaults: 0, closeFaults: 0, notifyFaults: 0, notifyLost: 0 }
export const noNotifications: Weather = { callFaults: 0, closeFaults: 0, notifyFaults: 1, notifyLost: 1 }

export function drawCallFate(call: string, chance: Chance, weather: Weather): CallFate {
  if (chance.next() >= (call === 'close' ? weather.closeFaults : weather.callFaults)) return 'pass'
  return chance.pick({
    'lost-before': 2,
    'lost-after': 4,
    'bad-gateway': 1,
    'system-error': 1,
    unsigned: 1,
    probe: 1,
    tampered: 1,
  })
}

export function drawNotifyFate(chance: Chance, weather: Weather): NotifyFate {
  if (chance.next() >= weather.notifyFaults) return 'pass'
  if (chance.next() < weather.notifyLost) return 'lost'
  return chance.pick({ 'answer-lost': 1, doubled: 1, late: 1, forged: 1 })
}
