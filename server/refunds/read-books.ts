import type { BookLine } from '../../contract/books.ts'
import { limits } from '../config/limits.ts'
import { refundableOf } from '../payments/payment-result.ts'
import { pageOfBooks } from '../store/books.ts'
import type { Database } from '../store/database.ts'

/** Every payment with its refunds, page by page: a million of them take no more memory than one page. */
export async function* readBookLines(db: Database, now: Date): AsyncGenerator<BookLine> {
  let after = { orderId: '', outTradeNo: '' }
  for (;;) {
    const page = await pageOfBooks(db, after, limits.booksPageCount)
    for (const row of page)
      yield {
        outTradeNo: row.out_trade_no,
        orderId: row.order_id,
        channel: row.channel,
        mchid: row.mchid,
        state: row.state,
        amountFen: row.amount_fen,
        kept: row.kept,
        refundedFen: row.refunded_fen,
        refundableFen: refundableOf(row, new Set(row.has_unknown_refund ? [row.out_trade_no] : []), now),
        refunds: row.refunds.map((refund) => ({
          outRefundNo: refund.out_refund_no,
          state: refund.state,
          amountFen: refund.amount_fen,
        })),
      }
    const last = page.at(-1)
    if (!last || page.length < limits.booksPageCount) return
    after = { orderId: last.order_id, outTradeNo: last.out_trade_no }
  }
}
