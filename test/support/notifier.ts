import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import type { Config } from '../../server/config/load-config.ts'
import type { Customer } from './customer.ts'
import { mchid, type Shop } from './shop.ts'
import { notificationBody, signedHeaders, wechatKey } from './wechatpay-peer.ts'

/** The configuration of a shop that believes the notifications of this file: WeChat has one more key. */
export function withNotifier(config: Config): Config {
  const publicKeyPem = wechatKey.publicKey.export({ type: 'spki', format: 'pem' }) as string
  const [merchant, ...others] = config.merchants
  const publicKeys = [...merchant!.publicKeys, { id: wechatKey.serial, publicKeyPem }]
  return { ...config, merchants: [{ ...merchant!, publicKeys }, ...others] }
}

/** A sealed notification that this customer's payment is paid, as WeChat prints it. */
export function paidNotification(
  shop: Shop,
  { appid, openid }: Customer,
  paid: { id: string; amountFen: number },
): string {
  const total = paid.amountFen
  const trade = {
    mchid,
    appid,
    out_trade_no: paid.id,
    transaction_id: `42${paid.id.slice(6)}`,
    trade_type: 'JSAPI',
    trade_state: 'SUCCESS',
    trade_state_desc: '支付成功',
    bank_type: 'CMC',
    success_time: '2026-11-21T18:10:34+08:00',
    payer: { openid },
    amount: { total, payer_total: total, currency: 'CNY', payer_currency: 'CNY' },
  }
  const key = shop.sandbox.merchant(mchid).apiV3Key
  return JSON.stringify({ ...notificationBody(JSON.stringify(trade), { key }), id: `EV-${randomUUID()}` })
}

/** Sends one over HTTP, byte for byte and signed at this moment. Resolves with the status that it got. */
export function notify(shop: Shop, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json', ...signedHeaders(body) }
  return new Promise((resolve, reject) => {
    const sent = request(
      `${shop.url}/webhooks/wechatpay/${mchid}`,
      { method: 'POST', headers },
      (answer) => void answer.resume().once('end', () => resolve(answer.statusCode!)),
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
