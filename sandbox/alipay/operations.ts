import type { AlipayApp } from '../world/alipay-apps.ts'
import { refundedFen } from '../world/alipay-trades.ts'
import type { AlipayTrade } from '../world/alipay-trades.ts'
import type { World } from '../world/world.ts'
import { buyerIdOf, buyerLogonIdOf } from './buyer.ts'
import type { Cashier } from './cashier.ts'
import * as field from './fields.ts'
import { alipayTime } from './moment.ts'
import { QR_PRODUCT, readOrder } from './order.ts'
import { businessFailed, invalidParameter } from './refusal.ts'
import type { Parameters } from './signature.ts'
import { yuanOf } from './yuan.ts'

/** A request whose sender is known. */
export interface AlipayCall {
  world: World
  cashier: Cashier
  app: AlipayApp
  parameters: Parameters
  biz: Record<string, unknown>
  /** Where the caller found the gateway: http://127.0.0.1:4010. */
  origin: string
}

type Node = Record<string, unknown>
const SUCCESS = { code: '10000', msg: 'Success' }

/** The trade that a request names; trade_no wins when both numbers are given. */
function tradeOf({ world, app, biz }: AlipayCall): AlipayTrade {
  const tradeNo = field.text(biz, 'trade_no', 64)
  const outTradeNo = field.text(biz, 'out_trade_no', 64)
  if (tradeNo === null && outTradeNo === null)
    throw invalidParameter('out_trade_no', '和trade_no不能同时为空')
  const trade =
    tradeNo === null
      ? world.alipayTrades.find(app.appId, outTradeNo!)
      : world.alipayTrades.findByTradeNo(tradeNo)
  if (trade?.appId === app.appId) return trade
  throw businessFailed(
    'TRADE_NOT_EXIST',
    '交易不存在',
    outTradeNo === null ? {} : { out_trade_no: outTradeNo },
  )
}

const numbersOf = ({ tradeNo, outTradeNo }: AlipayTrade) => ({ trade_no: tradeNo, out_trade_no: outTradeNo })

function buyerOf(world: World, trade: AlipayTrade): Node {
  const person = world.people.find(trade.buyer)
  return person ? { buyer_logon_id: buyerLogonIdOf(person), buyer_user_id: buyerIdOf(person) } : {}
}

/** https://opendocs.alipay.com/apis/api_1/alipay.trade.query */
export function query(call: AlipayCall): Node {
  const { world } = call
  const trade = tradeOf(call)
  const paid = trade.paidAtMs !== null
  return {
    ...SUCCESS,
    ...numbersOf(trade),
    ...buyerOf(world, trade),
    buyer_user_type: 'PRIVATE',
    trade_status: world.alipayTrades.statusOf(trade),
    total_amount: yuanOf(trade.amountFen),
    buyer_pay_amount: yuanOf(paid ? trade.amountFen : 0),
    receipt_amount: yuanOf(paid ? trade.amountFen : 0),
    invoice_amount: yuanOf(paid ? trade.amountFen : 0),
    point_amount: '0.00',
    ...(trade.paidAtMs !== null && {
      send_pay_date: alipayTime(trade.paidAtMs),
      fund_bill_list: [{ amount: yuanOf(trade.amountFen), fund_channel: 'ALIPAYACCOUNT' }],
    }),
  }
}

/** Only what waits for its buyer can be closed. https://opendocs.alipay.com/apis/api_1/alipay.trade.close */
export function close(call: AlipayCall): Node {
  const { alipayTrades } = call.world
  const trade = tradeOf(call)
  if (alipayTrades.statusOf(trade) !== 'WAIT_BUYER_PAY')
    throw businessFailed('TRADE_STATUS_ERROR', '交易状态不合法', numbersOf(trade))
  alipayTrades.markClosed(trade)
  return { ...SUCCESS, ...numbersOf(trade) }
}

/**
 * A repeat with the same number and amount changes nothing and says so by fund_change N.
 * https://opendocs.alipay.com/apis/api_1/alipay.trade.refund
 */
export function refund(call: AlipayCall): Node {
  const { world, biz } = call
  const trade = tradeOf(call)
  const amountFen = field.requiredYuan(biz, 'refund_amount')
  const reason = field.text(biz, 'refund_reason', 256)
  const outRequestNo = refundNumber(trade, biz, amountFen)
  const known = trade.refunds.find((one) => one.outRequestNo === outRequestNo)
  if (known && known.amountFen !== amountFen)
    throw businessFailed('DISCORDANT_REPEAT_REQUEST', '不一致的请求', numbersOf(trade))
  if (!known) {
    requireRefundable(world, trade, amountFen)
    world.alipayTrades.addRefund(trade, { outRequestNo, amountFen, reason })
  }
  return {
    ...SUCCESS,
    ...numbersOf(trade),
    ...buyerOf(world, trade),
    fund_change: known ? 'N' : 'Y',
    refund_fee: yuanOf(refundedFen(trade)),
    gmt_refund_pay: alipayTime(trade.refunds.at(-1)!.atMs),
  }
}

/** Left out, a refund of all goes by the order's own number; of a part it must be there. */
function refundNumber(trade: AlipayTrade, biz: Record<string, unknown>, amountFen: number): string {
  const given = field.text(biz, 'out_request_no', 64)
  if (given !== null) return given
  if (amountFen !== trade.amountFen) throw invalidParameter('out_request_no', '部分退款时不能为空')
  return trade.outTradeNo
}

function requireRefundable({ alipayTrades, funds }: World, trade: AlipayTrade, amountFen: number): void {
  const refuse = (subCode: string, message: string) => businessFailed(subCode, message, numbersOf(trade))
  const status = alipayTrades.statusOf(trade)
  if (status === 'TRADE_FINISHED') throw refuse('TRADE_HAS_FINISHED', '交易已完结')
  if (trade.paidAtMs === null) throw refuse('TRADE_STATUS_ERROR', '交易状态不合法')
  if (refundedFen(trade) + amountFen > trade.amountFen)
    throw refuse('REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限')
  if (funds.balanceOf(trade.sellerId) < amountFen) throw refuse('SELLER_BALANCE_NOT_ENOUGH', '卖家余额不足')
}

/**
 * Of a refund that never was, it tells the code only; when it was paid, only whoever asks for that.
 * https://opendocs.alipay.com/apis/api_1/alipay.trade.fastpay.refund.query
 */
export function queryRefund(call: AlipayCall): Node {
  const trade = tradeOf(call)
  const outRequestNo = field.requiredText(call.biz, 'out_request_no', 64)
  const made = trade.refunds.find((one) => one.outRequestNo === outRequestNo)
  if (!made) return SUCCESS
  const options = Array.isArray(call.biz['query_options']) ? call.biz['query_options'] : []
  return {
    ...SUCCESS,
    ...numbersOf(trade),
    out_request_no: outRequestNo,
    total_amount: yuanOf(trade.amountFen),
    refund_amount: yuanOf(made.amountFen),
    refund_status: 'REFUND_SUCCESS',
    ...(made.reason !== null && { refund_reason: made.reason }),
    ...(options.includes('gmt_refund_pay') && { gmt_refund_pay: alipayTime(made.atMs) }),
  }
}

/**
 * A code for a PC's screen. There is no trade before somebody scans it.
 * https://opendocs.alipay.com/apis/api_1/alipay.trade.precreate
 */
export function precreate(call: AlipayCall): Node {
  const { world, app, parameters, biz, cashier } = call
  const order = readOrder(app, { parameters, biz, nowMs: world.clock.nowMs() }, QR_PRODUCT)
  const code = cashier.present(order)
  return { ...SUCCESS, out_trade_no: order.wish.outTradeNo, qr_code: `${call.origin}/alipay/cashier/${code}` }
}
