import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import type { Config } from '../../server/config/load-config.ts'
import type { Customer } from './customer.ts'
import { mchid, type Shop } from './shop.ts'
import { rowsOf } from './fingerprint.ts'
import { until } from './until.ts'
import { notificationBody, signedHeaders, wechatKey } from './wechatpay-peer.ts'

/** The configuration of a shop that believes the notifications of this file: WeChat has one more key. */
export function withNotifier(config: Config): Config {
  const publicKeyPem = wechatKey.publicKey.export({ type: 'spki', format: 'pem' }) as string
  const [merchant, ...others] = config.merchants
  const publicKeys = [...merchant!.publicKeys, { id: wechatKey.serial, publicKeyPem }]
  return { ...config, merchants: [{ ...merchant!, publicKeys }, ...others] }
}

/** In UTC+8, as WeChat prints it. Just now: a payment of yesterday would be looked at again at once. */
const paidAt = `${new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`

/** A payment of this customer that is paid, as WeChat prints it; a coupon paid nothing of it. */
export const paidResource = (
  { appid, openid }: Customer,
  { id, amountFen }: { id: string; amountFen: number },
) => ({
  mchid,
  appid,
  out_trade_no: id,
  transaction_id: `42${id.slice(6)}`,
  trade_type: 'JSAPI',
  trade_state: 'SUCCESS',
  trade_state_desc: '支付成功',
  bank_type: 'CMC',
  success_time: paidAt,
  payer: { openid },
  amount: { total: amountFen, payer_total: amountFen, currency: 'CNY', payer_currency: 'CNY' },
})

/** A notification around this, sealed under the merchant's key. Text is sealed as it is, anything else as JSON. */
export function sealed(
  shop: Shop,
  resource: unknown,
  changes: { eventType?: string; key?: string } = {},
): string {
  const key = changes.key ?? shop.sandbox.merchant(mchid).apiV3Key
  const text = typeof resource === 'string' ? resource : JSON.stringify(resource)
  return JSON.stringify({ ...notificationBody(text, { ...changes, key }), id: `EV-${randomUUID()}` })
}

/** What our webhook said. */
export interface WebhookAnswer {
  status: number
  body: { code?: string; type?: string }
}

/** Headers as they go on the wire: a list is a header that stands there several times. */
export type SentHeaders = Record<string, string | string[]>

/**
 * Sends a notification over HTTP, byte for byte; signed at this moment by WeChat's key unless the headers differ. One that
 * is taken is also settled when this resolves: a server that is busy answers WeChat in time, before it has.
 */
export async function notify(
  shop: Shop,
  body: string | Buffer,
  headers: SentHeaders = signedHeaders(body),
  merchant = mchid,
): Promise<WebhookAnswer> {
  const answer = await send(shop, body, headers, merchant)
  const isSettled = async () =>
    (await rowsOf<{ settled_at: Date | null }>(shop, 'notifications')).every((row) => row.settled_at)
  if (answer.status === 200) await until(isSettled)
  return answer
}

function send(
  shop: Shop,
  body: string | Buffer,
  headers: SentHeaders,
  merchant: string,
): Promise<WebhookAnswer> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }
    const sent = request(`${shop.url}/webhooks/wechatpay/${merchant}`, options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, body: JSON.parse(Buffer.concat(chunks).toString()) }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
