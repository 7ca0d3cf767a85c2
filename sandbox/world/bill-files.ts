import type { BusinessClock } from './clock.ts'
import { letters } from './random.ts'

/** A download address of a bill works for five minutes. https://pay.weixin.qq.com/doc/v3/merchant/4012556654 */
const TOKEN_LIFETIME_MS = 5 * 60_000
const FILES_KEPT = 50

interface BillFile {
  mchid: string
  text: string
  madeAtMs: number
}

/** Bills that wait to be fetched. They are made anew from the ledger when asked for again, so nothing is kept. */
export interface BillFiles {
  /** Returns the token that fetches it. */
  add(mchid: string, text: string): string
  /** Undefined: no such token, too old, or another merchant's. */
  find(mchid: string, token: string): string | undefined
  clear(): void
}

export function createBillFiles(clock: BusinessClock): BillFiles {
  const files = new Map<string, BillFile>()
  return {
    add(mchid, text) {
      const token = letters(64)
      files.set(token, { mchid, text, madeAtMs: clock.nowMs() })
      if (files.size > FILES_KEPT) files.delete(files.keys().next().value!)
      return token
    },
    find(mchid, token) {
      const file = files.get(token)
      if (!file || file.mchid !== mchid) return undefined
      return clock.nowMs() < file.madeAtMs + TOKEN_LIFETIME_MS ? file.text : undefined
    },
    clear: () => files.clear(),
  }
}
