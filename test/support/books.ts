import pg from 'pg'
import type { Shop } from './shop.ts'

/** A payment as our table has it; bigint columns are text. */
export interface PaymentSeen {
  state: string
  kept: boolean
  openid: string | null
  paid_by: string | null
  payer_ip: string | null
  transaction_id: string | null
  amount_fen: string
  reserved_fen: string
  refunded_fen: string
}

/** Reads our own tables and the sandbox's ledger, for tests that compare the two. */
export interface Books {
  rows<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>
  /** The row of one payment, by its number. */
  payment(outTradeNo: string): Promise<PaymentSeen>
  /** e.g. ["created", "registered", "paid"] of a payment, in order. */
  events(subjectNo: string): Promise<string[]>
  /** The gateway's trades of one order. */
  trades(
    orderId: string,
  ): Promise<{ outTradeNo: string; tradeState: string; appid: string; prepayCount: number }[]>
  /** The gateway's refunds of one payment. */
  refunds(
    outTradeNo: string,
  ): Promise<{ outRefundNo: string; refundId: string; status: string; amountFen: number }[]>
  close(): Promise<void>
}

/** Opens the books of a shop; the caller closes them before the shop. */
export async function openBooks(shop: Shop): Promise<Books> {
  const client = new pg.Client({ connectionString: shop.databaseUrl })
  await client.connect()
  const rows: Books['rows'] = async (text, values) => (await client.query(text, values)).rows
  return {
    rows,
    async payment(outTradeNo) {
      const found = await rows<PaymentSeen>('select * from payments where out_trade_no = $1', [outTradeNo])
      if (!found[0]) throw new Error(`there is no payment ${outTradeNo}`)
      return found[0]
    },
    async events(subjectNo) {
      const steps = await rows<{ event: string }>(
        'select event from history where subject_no = $1 order by version',
        [subjectNo],
      )
      return steps.map((step) => step.event)
    },
    async trades(orderId) {
      const { body } = await shop.sandbox.control('/ledger')
      return body.trades.filter((trade: { outTradeNo: string }) => trade.outTradeNo.includes(orderId))
    },
    async refunds(outTradeNo) {
      const { body } = await shop.sandbox.control(`/ledger?outTradeNo=${outTradeNo}`)
      return body.refunds
    },
    close: () => client.end(),
  }
}
