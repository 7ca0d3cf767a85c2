import type { CallRecord, NotificationRecord } from './inbox.ts'
import type { Refund } from './refunds.ts'
import type { Signal } from './signal.ts'
import type { Trade } from './trade.ts'
import type { Rule } from './weather.ts'

/** Something that somebody who watches wants to see as it happens. */
export type Change =
  | { kind: 'call'; call: CallRecord }
  | { kind: 'notification'; notification: NotificationRecord }
  | { kind: 'trade'; trade: Trade }
  | { kind: 'refund'; refund: Refund }
  | { kind: 'clock' }
  | { kind: 'rule'; rule: Rule; removed: boolean }
  /** Everything may be different now: a reset, or a snapshot brought back. */
  | { kind: 'reset' }

/** Where the parts of the world tell what changed. Whoever listens is called inside the change: it reads and goes. */
export type Changes = Signal<Change>
