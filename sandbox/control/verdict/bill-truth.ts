import type { BillDay } from '../../gateway/bill-day.ts'
import { printBill } from '../../gateway/bill-table.ts'
import { tradeBill } from '../../gateway/bill-trade.ts'
import { weatheredBill } from '../../gateway/bill-weather.ts'
import type { RefundStatus } from '../../world/refunds.ts'
import type { World } from '../../world/world.ts'
import type { Difference } from './difference.ts'
import { ledgerTruth, truthKey } from './truth.ts'
import type { Truth, TrueTrade } from './truth.ts'

/** The bill is WeChat's; what Alipay took stays as the ledger has it. */
const channel = 'wechatpay'

/** What a merchant learns who believes the bill. */
export interface BillTruth {
  truth: Truth
  /** What the bill alone shows: the same row twice. */
  differences: Difference[]
}

/**
 * The ledger, with that day's payments and refunds as the merchants' trade bills tell them: printed, spoiled by the rules
 * in force, and read again. Books do not tell the day of a payment, so the other days stay the ledger's.
 */
export function billTruth(world: World, mchids: Iterable<string>, day: BillDay): BillTruth {
  const truth = ledgerTruth(world)
  forgetDay(world, truth, day)
  const differences: Difference[] = []
  for (const mchid of mchids) {
    const bill = tradeBill(world, day, { mchid, subMchid: null, type: 'ALL' })
    for (const row of rowsOf(printBill(weatheredBill(world, mchid, bill)))) {
      differences.push(...believe(truth, mchid, row))
    }
  }
  return { truth, differences }
}

/** Takes out what the bill is to tell. */
function forgetDay(world: World, truth: Truth, { fromMs, untilMs }: BillDay): void {
  const isOnDay = (atMs: number | null) => atMs !== null && atMs >= fromMs && atMs < untilMs
  for (const trade of world.ledger.trades()) {
    const known = truth.get(truthKey({ channel, mchid: trade.mchid, outTradeNo: trade.outTradeNo }))!
    if (isOnDay(trade.paidAtMs)) known.isPaid = false
    for (const refund of world.refunds.ofTrade(trade)) {
      if (isOnDay(refund.steps[0]!.atMs)) known.refunds.delete(refund.outRefundNo)
    }
  }
}

type Row = Record<string, string>

/** The rows of a bill by their columns' names: backticks off, the two lines of the summary left out. */
function rowsOf(text: string): Row[] {
  const [header = '', ...lines] = text.trimEnd().split('\r\n')
  const names = header.split(',')
  return lines.slice(0, -2).map((line) => {
    const cells = line.slice(1).split(',`')
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']))
  })
}

const fen = (yuan: string | undefined) => Math.round(Number(yuan) * 100)

function believe(truth: Truth, mchid: string, row: Row): Difference[] {
  const outTradeNo = row['商户订单号']!
  const trade = truth.get(truthKey({ channel, mchid, outTradeNo })) ?? unknownTrade(mchid, outTradeNo)
  truth.set(truthKey(trade), trade)
  const twice = (number: string): Difference[] => [
    { kind: 'doubled', channel, mchid, outTradeNo, message: `the bill has two rows of ${number}` },
  ]
  if (row['交易状态'] === 'REFUND') {
    const outRefundNo = row['商户退款单号']!
    if (trade.refunds.has(outRefundNo)) return twice(outRefundNo)
    const status = row['退款状态'] as RefundStatus
    trade.refunds.set(outRefundNo, { outRefundNo, amountFen: fen(row['申请退款金额']), status })
    return []
  }
  if (trade.isPaid) return twice(outTradeNo)
  trade.isPaid = true
  trade.amountFen = fen(row['订单金额'])
  return []
}

function unknownTrade(mchid: string, outTradeNo: string): TrueTrade {
  const nobody = { notifyUrl: '', isPaid: false, isPayable: false, amountFen: 0, expiresAtMs: 0 }
  return { channel, mchid, outTradeNo, ...nobody, refunds: new Map() }
}
