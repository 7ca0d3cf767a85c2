import { mchid } from '../support/shop.ts'
import type { Shop } from '../support/shop.ts'

const MINUTE = 60_000

/**
 * WeChat moves from platform certificates to its public key while people pay: so much of its notifications at a time, once
 * all the way back, and then for good. https://pay.weixin.qq.com/doc/v3/merchant/4012154180
 */
const CHANGES: readonly { afterMs: number; to: 'public-key' | 'certificate'; percent?: number }[] = [
  { afterMs: 0, to: 'certificate' },
  { afterMs: MINUTE, to: 'public-key', percent: 1 },
  { afterMs: 2 * MINUTE, to: 'public-key', percent: 50 },
  { afterMs: 3 * MINUTE, to: 'certificate' },
  { afterMs: 4 * MINUTE, to: 'public-key', percent: 50 },
  { afterMs: 8 * MINUTE, to: 'public-key', percent: 100 },
]

/** Changes keys when their moment has come. Returns how many changes it made. */
export function createKeyChanges(
  sandbox: Shop['sandbox'],
  startMs: number,
): (nowMs: number) => Promise<number> {
  const left = [...CHANGES]
  return async (nowMs) => {
    let count = 0
    for (; left[0] && startMs + left[0].afterMs <= nowMs; count += 1) {
      const { to, percent } = left.shift()!
      const { status } = await sandbox.control('/keys/rotate', { mchid, to, ...(percent && { percent }) })
      if (status !== 200) throw new Error(`WeChat's keys cannot be changed: ${status}`)
    }
    return count
  }
}
