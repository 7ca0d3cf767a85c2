import pg from 'pg'
import type { Shop } from './shop.ts'

/** Reads our own tables and the sandbox's ledger, for tests that compare the two. */
export interface Books {
  rows<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>
  /** e.g. ["created", "registered", "paid"] of a payment, in order. */
  events(subjectNo: string): Promise<string[]>
  /** The gateway's trades of one order. */
  trades(
    orderId: string,
  ): Promise<{ outTradeNo: string; tradeState: string; appid: string; prepayCount: number }[]>
  close(): Promise<void>
}

export async function openBooks(shop: Shop): Promise<Books> {
  const client = new pg.Client({ connectionString: shop.databaseUrl })
  await client.connect()
  const rows: Books['rows'] = async (text, values) => (await client.query(text, values)).rows
  return {
    rows,
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
    close: () => client.end(),
  }
}
