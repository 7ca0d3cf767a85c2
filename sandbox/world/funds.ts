import { beijingDigits } from './clock.ts'
import type { BusinessClock } from './clock.ts'
import type { Journal, Register } from './journal.ts'
import { digits } from './random.ts'

/** Money that a merchant moved between WeChat Pay and its bank. */
export interface Transfer {
  id: string
  mchid: string
  /** Positive: a top-up. Negative: a withdrawal. */
  amountFen: number
  atMs: number
}

/** What every merchant and sub-merchant has at WeChat Pay: what it took, less what it gave back or withdrew. */
export interface Funds {
  register: Register
  /** Fen by mchid, of all that ever took any. */
  balances(): Record<string, number>
  balanceOf(mchid: string): number
  /** Payments and refunds are counted here by the books that keep them, as they happen and as they are loaded. */
  count(mchid: string, byFen: number): void
  transfer(mchid: string, amountFen: number): Transfer
  transfers(): Iterable<Transfer>
}

export function createFunds(clock: BusinessClock, journal: () => Journal): Funds {
  const balances = new Map<string, number>()
  const transfers = new Map<string, Transfer>()
  const count = (mchid: string, byFen: number) => void balances.set(mchid, (balances.get(mchid) ?? 0) + byFen)
  const load = (transfer: Transfer) => {
    if (transfers.has(transfer.id)) return
    transfers.set(transfer.id, transfer)
    count(transfer.mchid, transfer.amountFen)
  }
  return {
    register: {
      kind: 'transfer',
      entities: () => transfers.values(),
      load,
      // All books are emptied together, and each counts its own again as it is loaded.
      clear() {
        balances.clear()
        transfers.clear()
      },
    },
    balances: () => Object.fromEntries(balances),
    balanceOf: (mchid) => balances.get(mchid) ?? 0,
    count,
    transfer(mchid, amountFen) {
      const atMs = clock.nowMs()
      const day = beijingDigits(atMs).slice(0, 8)
      const transfer: Transfer = { id: `1000${day}${digits(16)}`, mchid, amountFen, atMs }
      load(transfer)
      journal().append('transfer', transfer)
      return transfer
    },
    transfers: () => transfers.values(),
  }
}
