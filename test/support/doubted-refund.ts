import type { Books } from './books.ts'
import type { Shop } from './shop.ts'
import { until } from './until.ts'

const SECOND = 1_000
/** The ladder of looks at a doubted refund, as steps of the clock. */
const STEPS_MS = [6 * SECOND, 15 * SECOND, 20 * SECOND, 21 * SECOND]

/**
 * Waits until the refusal of a refund is doubted, then lets the minute of looks pass that makes it final. Each step of the
 * clock waits for its look. Throws when the refusal counts before the last one.
 */
export async function passDoubt(shop: Shop, books: Books, outRefundNo: string): Promise<void> {
  const read = async () => {
    const text = 'select state, doubted_at, absent_count from refunds where out_refund_no = $1'
    type Row = { state: string; doubted_at: Date | null; absent_count: number }
    return (await books.rows<Row>(text, [outRefundNo]))[0]!
  }
  await until(async () => (await read()).doubted_at !== null)
  for (const [looks, stepMs] of STEPS_MS.entries()) {
    const { state } = await read()
    if (state !== 'submitted') throw new Error(`refund ${outRefundNo} was ${state} after ${looks} looks`)
    await shop.advance(stepMs)
    await until(async () => {
      const now = await read()
      return now.state !== 'submitted' || now.absent_count > looks
    })
  }
}
