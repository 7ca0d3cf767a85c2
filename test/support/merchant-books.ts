import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { openAlipayMerchant } from './alipay-merchant.ts'
import { MCHID, MINUTE_MS } from './sandbox-rules/rule.ts'
import type { SandboxStage } from './sandbox-stage.ts'

const TOKEN = 'Bearer of an operator'

/** A payment as the merchant's books tell it, right or wrong. */
export type BookedLine = Record<string, unknown> & { outTradeNo: string; refunds: Record<string, unknown>[] }

/** A merchant's server that has books and nothing else, for the verdict to read. */
export interface MerchantBooks {
  lines: BookedLine[]
  /** How it answers, until the next test: with its lines, unless a test says otherwise. */
  answer(res: ServerResponse): void
  /** Asks the sandbox for its verdict on these books. */
  ask(
    query?: Record<string, string>,
    headers?: { authorization: string },
    // Tests look into answers of many shapes.
    // oxlint-disable-next-line no-explicit-any
  ): Promise<{ status: number; body: any }>
  /** The kinds of the differences that it finds. */
  kinds(query?: Record<string, string>): Promise<string[]>
  /** Writes down a payment of ¥88 that is paid, but for the changes. */
  book(outTradeNo: string, changes?: Record<string, unknown>): BookedLine
  /** A payment of ¥88 at WeChat, in the books as it should be but for the changes. */
  payment(changes?: Record<string, unknown>): Promise<BookedLine>
  /** A refund at WeChat, in the books as it should be. */
  refund(line: BookedLine, amountFen?: number): Promise<Record<string, unknown>>
  /** A payment at Alipay. An open one: the buyer turned away at the cashier. */
  alipayPayment(changes?: Record<string, unknown>, outcome?: string): Promise<BookedLine>
  /** A refund at Alipay, in the books as it should be. */
  alipayRefund(line: BookedLine, amountFen?: number): Promise<Record<string, unknown>>
}

/** Opens the books for a whole file, empty before each test; called once, below its stage. */
export function merchantBooks(stage: SandboxStage): MerchantBooks {
  const right = (res: ServerResponse) =>
    void res.end(books.lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const server = createServer((req, res) => {
    if (req.url !== '/api/books') return void res.writeHead(404).end()
    if (req.headers.authorization !== TOKEN) return void res.writeHead(401).end()
    books.answer(res)
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  beforeEach(() => {
    books.lines = []
    books.answer = right
  })
  afterAll(() => void server.close())

  const ask: MerchantBooks['ask'] = async (query = {}, headers = { authorization: TOKEN }) => {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const search = new URLSearchParams({ server: address, ...query })
    const response = await fetch(`${stage.sandbox.url}/_sandbox/verdict?${search}`, { headers })
    return { status: response.status, body: await response.json() }
  }
  let orders = 0
  const book: MerchantBooks['book'] = (outTradeNo, changes = {}) => {
    const line = {
      outTradeNo,
      orderId: `O${(orders += 1)}`,
      channel: 'wechatpay',
      mchid: MCHID,
      state: 'paid',
      amountFen: 8_800,
      kept: true,
      refunds: [],
      ...changes,
    }
    books.lines.push(line)
    return line
  }
  const books: MerchantBooks = {
    lines: [],
    answer: right,
    ask,
    kinds: async (query) => (await ask(query)).body.differences.map((one: { kind: string }) => one.kind),
    book,
    ...atWechat(stage, book),
    ...atAlipay(stage, book),
  }
  return books
}

function atWechat(
  stage: SandboxStage,
  book: MerchantBooks['book'],
): Pick<MerchantBooks, 'payment' | 'refund'> {
  return {
    async payment(changes) {
      const { outTradeNo, prepayId } = await stage.placed()
      await stage.pay(prepayId)
      return book(outTradeNo, changes)
    },
    async refund(line, amountFen = 800) {
      const { outTradeNo } = line
      const made = await stage.sandbox.control('/refunds', { mchid: MCHID, outTradeNo, amountFen })
      // WeChat takes one refund of a payment a minute.
      await stage.advance(MINUTE_MS)
      const booked = { outRefundNo: made.body.outRefundNo, state: 'succeeded', amountFen }
      line.refunds.push(booked)
      return booked
    },
  }
}

function atAlipay(
  stage: SandboxStage,
  book: MerchantBooks['book'],
): Pick<MerchantBooks, 'alipayPayment' | 'alipayRefund'> {
  let count = 0
  return {
    async alipayPayment(changes = {}, outcome = 'paid') {
      const merchant = await openAlipayMerchant(stage.sandbox)
      const order = {
        out_trade_no: `A${(count += 1)}`,
        total_amount: '88.00',
        subject: '白瓷盖碗',
        product_code: 'QUICK_WAP_WAY',
        timeout_express: '30m',
      }
      await stage.sandbox.control('/pay', { alipayUrl: merchant.address(order), user: 'alice', outcome })
      const right = outcome === 'paid' ? {} : { state: 'pending', kept: false }
      const mchid = merchant.app.sellerId
      return book(order.out_trade_no, { channel: 'alipay', mchid, ...right, ...changes })
    },
    async alipayRefund(line, amountFen = 800) {
      const outRefundNo = `R${(count += 1)}`
      const merchant = await openAlipayMerchant(stage.sandbox)
      await merchant.ask('alipay.trade.refund', {
        out_trade_no: line.outTradeNo,
        out_request_no: outRefundNo,
        refund_amount: (amountFen / 100).toFixed(2),
      })
      const booked = { outRefundNo, state: 'succeeded', amountFen }
      line.refunds.push(booked)
      return booked
    },
  }
}
