import type { AlipayTrade } from './alipay-trades.ts'
import type { InboxChange } from './inbox.ts'
import type { Refund } from './refunds.ts'
import type { Signal } from './signal.ts'
import type { Trade } from './trade.ts'
import type { RuleChange } from './weather.ts'

/** Something that somebody who watches wants to see as it happens. */
export type Change =
  | InboxChange
  | RuleChange
  | { kind: 'trade'; trade: Trade }
  | { kind: 'refund'; refund: Refund }
  | { kind: 'alipay-trade'; trade: AlipayTrade }
  | { kind: 'clock' }
  /** Everything may be different now: a reset, or a snapshot brought back. */
  | { kind: 'reset' }

/** Where the parts of the world tell what changed. Whoever listens is called inside the change: it reads and goes. */
export type Changes = Signal<Change>
