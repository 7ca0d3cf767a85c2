import { randomBytes } from 'node:crypto'
import type { AlipayApp } from '../world/alipay-apps.ts'
import type { AlipayTrade } from '../world/alipay-trades.ts'
import { alter } from '../gateway/alter.ts'
import type { People } from '../world/people.ts'
import type { Effect } from '../world/weather.ts'
import { buyerIdOf, buyerLogonIdOf } from './buyer.ts'
import { alipayTime } from './moment.ts'
import { signed } from './signature.ts'
import type { Parameters } from './signature.ts'
import { yuanOf } from './yuan.ts'

/** A notification that waits to be delivered. Plain JSON: it is kept over a restart. */
export interface AlipayDelivery {
  /** notify_id: the same at every attempt. */
  id: string
  tradeNo: string
  createdAtMs: number
  /** Attempts made so far. */
  attempts: number
  /** Business time of the next attempt; null when it is over. */
  dueAtMs: number | null
}

/** The delivery of a payment, due at once. */
export function newDelivery(trade: AlipayTrade, nowMs: number): AlipayDelivery {
  const id = `${alipayTime(nowMs).slice(0, 10).replaceAll('-', '')}00222${randomBytes(10).toString('hex')}`
  return { id, tradeNo: trade.tradeNo, createdAtMs: nowMs, attempts: 0, dueAtMs: nowMs }
}

/** What the merchant is told. https://opendocs.alipay.com/open/203/105286 */
function contentOf(app: AlipayApp, trade: AlipayTrade, people: People, delivery: AlipayDelivery): Parameters {
  const buyer = people.find(trade.buyer)
  return {
    app_id: app.appId,
    auth_app_id: app.appId,
    ...(buyer && { buyer_id: buyerIdOf(buyer), buyer_logon_id: buyerLogonIdOf(buyer) }),
    ...(trade.body !== null && { body: trade.body }),
    buyer_pay_amount: yuanOf(trade.amountFen),
    charset: 'utf-8',
    fund_bill_list: JSON.stringify([{ amount: yuanOf(trade.amountFen), fundChannel: 'ALIPAYACCOUNT' }]),
    gmt_create: alipayTime(trade.createdAtMs),
    gmt_payment: alipayTime(trade.paidAtMs!),
    invoice_amount: yuanOf(trade.amountFen),
    notify_id: delivery.id,
    notify_time: alipayTime(delivery.createdAtMs),
    notify_type: 'trade_status_sync',
    out_trade_no: trade.outTradeNo,
    ...(trade.passbackParams !== null && { passback_params: trade.passbackParams }),
    point_amount: '0.00',
    receipt_amount: yuanOf(trade.amountFen),
    seller_id: trade.sellerId,
    subject: trade.subject,
    total_amount: yuanOf(trade.amountFen),
    trade_no: trade.tradeNo,
    trade_status: 'TRADE_SUCCESS',
    version: '1.0',
  }
}

/** The form of one attempt, with what the weather changes before or after it was signed. */
export function formOf(
  app: AlipayApp,
  trade: AlipayTrade,
  people: People,
  delivery: AlipayDelivery,
  weather: Effect,
): string {
  const honest = alter(contentOf(app, trade, people, delivery), weather.alter) as Parameters
  const parameters = signed(app.signingKey, honest)
  if (weather.corruptSignature)
    parameters['sign'] = signed(app.signingKey, { ...honest, notify_id: 'another' })['sign']!
  return new URLSearchParams(alter(parameters, weather.tamper) as Parameters).toString()
}
