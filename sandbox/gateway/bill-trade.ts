import { beijingTime } from '../world/clock.ts'
import type { Trade } from '../world/trade.ts'
import type { Refund } from '../world/refunds.ts'
import type { World } from '../world/world.ts'
import type { BillDay } from './bill-day.ts'
import { yuan } from './bill-table.ts'
import type { BillTable } from './bill-table.ts'

/** Which rows a trade bill has. */
export type BillType = 'ALL' | 'SUCCESS' | 'REFUND'

// The columns and their order: https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html
const split = (names: string) => names.split(',')
const FIRST = split(
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额',
)
const REFUND_COLUMNS = split('微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态')
const GOODS = split('商品名称,商户数据包,手续费,费率,订单金额')
const COLUMNS: Record<BillType, string[]> = {
  ALL: [...FIRST, ...REFUND_COLUMNS, ...GOODS, '申请退款金额', '费率备注'],
  SUCCESS: [...FIRST, ...GOODS, '费率备注'],
  REFUND: [...FIRST, '退款申请时间', '退款成功时间', ...REFUND_COLUMNS, ...GOODS, '申请退款金额', '费率备注'],
}
const SUMMARY = split(
  '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额',
)
const SUCCESS_SUMMARY = split('总交易单数,应结订单总金额,手续费总金额,订单总金额')

/** A line of the bill: a payment, or a refund of one. */
interface Line {
  atMs: number
  trade: Trade
  refund: Refund | null
}

const clockTime = (atMs: number) => beijingTime(atMs).slice(0, 19).replace('T', ' ')

/**
 * A merchant's payments and accepted refunds of a day; of a partner all its sub-merchants', or one's. A refund's status is
 * that of the moment the bill was written.
 */
export function tradeBill(
  world: World,
  day: BillDay,
  asked: { mchid: string; subMchid: string | null; type: BillType },
): BillTable {
  const lines = linesOf(world, day, asked)
  const taken = lines.reduce((sum, { trade, refund }) => sum + (refund ? 0 : trade.amountFen), 0)
  const returned = lines.reduce((sum, { refund }) => sum + (refund?.amountFen ?? 0), 0)
  const discounts = lines.reduce((sum, { refund }) => sum + (refund?.discountFen ?? 0), 0)
  const [count, total] = [String(lines.length), yuan(taken)]
  const isSuccess = asked.type === 'SUCCESS'
  return {
    columns: COLUMNS[asked.type],
    rows: lines.map((line) => row(world, line, day, asked.type)),
    summaryColumns: isSuccess ? SUCCESS_SUMMARY : SUMMARY,
    summary: isSuccess
      ? [count, total, '0.00', total]
      : [count, total, yuan(returned), yuan(discounts), '0.00', total, yuan(returned)],
  }
}

function linesOf(
  world: World,
  { fromMs, untilMs }: BillDay,
  { mchid, subMchid, type }: { mchid: string; subMchid: string | null; type: BillType },
): Line[] {
  const lines: Line[] = []
  const add = (line: Line) => {
    const isAsked = type === 'ALL' || (type === 'REFUND') === (line.refund !== null)
    if (isAsked && line.atMs >= fromMs && line.atMs < untilMs) lines.push(line)
  }
  for (const trade of world.ledger.trades()) {
    if (trade.paidAtMs === null || trade.mchid !== mchid) continue
    if (subMchid !== null && trade.subMchid !== subMchid) continue
    add({ atMs: trade.paidAtMs, trade, refund: null })
    for (const refund of world.refunds.ofTrade(trade)) add({ atMs: refund.steps[0]!.atMs, trade, refund })
  }
  return lines.sort((a, b) => a.atMs - b.atMs)
}

function row(world: World, { atMs, trade, refund }: Line, day: BillDay, type: BillType): string[] {
  const person = world.people.find(trade.paidBy ?? '')
  const takenFen = refund ? 0 : trade.amountFen
  const first = [
    clockTime(atMs),
    trade.appid,
    trade.mchid,
    trade.subMchid ?? '0',
    trade.deviceId ?? '',
    trade.transactionId ?? '',
    trade.outTradeNo,
    person ? world.people.openid(person, trade.appid) : '',
    trade.tradeType,
    refund ? 'REFUND' : 'SUCCESS',
    'OTHERS',
    'CNY',
    yuan(takenFen),
    yuan(refund ? 0 : trade.couponFen),
  ]
  const goods = [trade.description, trade.attach ?? '', '0.00000', '0.00%', yuan(takenFen)]
  if (type === 'SUCCESS') return [...first, ...goods, '']
  const times = type === 'REFUND' && refund ? [clockTime(atMs), successTime(refund, day)] : []
  return [...first, ...times, ...refundCells(refund, day), ...goods, yuan(refund?.amountFen ?? 0), '']
}

function refundCells(refund: Refund | null, day: BillDay): string[] {
  if (!refund) return ['0', '0', '0.00', '0.00', '', '']
  const { refundId, outRefundNo, amountFen, discountFen, channel } = refund
  return [refundId, outRefundNo, yuan(amountFen), yuan(discountFen), channel, lastStep(refund, day).status]
}

const lastStep = (refund: Refund, { writtenAtMs }: BillDay) =>
  refund.steps.findLast(({ atMs }) => atMs <= writtenAtMs) ?? refund.steps[0]!

function successTime(refund: Refund, day: BillDay): string {
  const { status, atMs } = lastStep(refund, day)
  return status === 'SUCCESS' ? clockTime(atMs) : ''
}
