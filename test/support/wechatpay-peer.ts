import { createCipheriv, createSign, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PaymentSnapshot } from '../../server/payments/payment-channel.ts'
import type { WechatpayMerchant } from '../../server/channels/wechatpay/merchant.ts'

/**
 * The other end of the wire, for faults that a faithful gateway would never commit. It signs, seals and checks with its
 * own few lines: it shares nothing with the server but the documents.
 */

interface KeyPair {
  publicKey: KeyObject
  privateKey: KeyObject
}

const rsa = (): KeyPair => generateKeyPairSync('rsa', { modulusLength: 2048 })

export const ours = { ...rsa(), serialNo: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1' }
export const wechatKey = { ...rsa(), serial: 'PUB_KEY_ID_0119000000012026112100192001000100' }
export const wechatCertificate = { ...rsa(), serial: '3775B6A45ACD588826D15E583A95F5DD8F2A1C4B' }
export const stranger = rsa()
export const apiV3Key = 'Kp9vQ2mZx7LrT4wYb8NcE1sHd6GfJu3A'

/** A merchant that trusts both kinds of WeChat's keys. */
export const merchantOf = (changes: Partial<WechatpayMerchant> = {}): WechatpayMerchant => ({
  mchid: '1900000001',
  mode: 'merchant',
  certificates: [{ serialNo: ours.serialNo, privateKey: ours.privateKey }],
  apiV3Key: Buffer.from(apiV3Key),
  publicKeys: [{ id: wechatKey.serial, key: wechatKey.publicKey }],
  platformCertificates: [{ serialNo: wechatCertificate.serial, key: wechatCertificate.publicKey }],
  ...changes,
})

export const snapshotOf = (changes: Partial<PaymentSnapshot> = {}): PaymentSnapshot => ({
  outTradeNo: '021002611211830000ABCDEFGHJKM01',
  mode: 'merchant',
  mchid: '1900000001',
  appid: 'wx8888888888888888',
  subMchid: null,
  subAppid: null,
  way: 'jsapi',
  openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  payerIp: null,
  amountFen: 2800,
  description: '明前龙井',
  expiresAt: new Date('2026-11-21T10:30:00.999Z'),
  notifyUrl: 'https://shop.example/webhooks/wechatpay/1900000001',
  ...changes,
})

/** A paid trade as WeChat prints it. */
export const paidBody = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  mchid: '1900000001',
  appid: 'wx8888888888888888',
  out_trade_no: snapshotOf().outTradeNo,
  transaction_id: '4200001234202611211234567890',
  trade_type: 'JSAPI',
  trade_state: 'SUCCESS',
  trade_state_desc: '支付成功',
  bank_type: 'CMC',
  success_time: '2026-11-21T18:10:34+08:00',
  payer: { openid: snapshotOf().openid },
  amount: { total: 2800, payer_total: 2300, currency: 'CNY', payer_currency: 'CNY' },
  ...changes,
})

export interface Signing {
  key?: KeyObject
  serial?: string
  timestamp?: string
  nonce?: string
}

/** The four headers over these bytes. */
export const signedHeaders = (body: Buffer | string, signing: Signing = {}): Record<string, string> => {
  const timestamp = signing.timestamp ?? String(Math.floor(Date.now() / 1000))
  const nonce = signing.nonce ?? randomBytes(16).toString('hex')
  const signer = createSign('RSA-SHA256').update(`${timestamp}\n${nonce}\n`).update(body).update('\n')
  return {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-serial': signing.serial ?? wechatKey.serial,
    'wechatpay-signature': signer.sign(signing.key ?? wechatKey.privateKey, 'base64'),
  }
}

/** A notification body around this text. */
export const notificationBody = (resource: string, changes: { eventType?: string; key?: string } = {}) => {
  const nonce = randomBytes(6).toString('hex')
  const cipher = createCipheriv('aes-256-gcm', changes.key ?? apiV3Key, nonce)
  cipher.setAAD(Buffer.from('transaction'))
  const sealed = Buffer.concat([cipher.update(resource, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return {
    id: 'EV-2026112118103400001',
    create_time: '2026-11-21T18:10:35+08:00',
    resource_type: 'encrypt-resource',
    event_type: changes.eventType ?? 'TRANSACTION.SUCCESS',
    summary: '支付成功',
    resource: {
      original_type: 'transaction',
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext: sealed.toString('base64'),
      associated_data: 'transaction',
      nonce,
    },
  }
}

export interface SeenRequest {
  method: string
  /** Path and query. */
  url: string
  headers: IncomingHttpHeaders
  body: string
  /** Counts TCP connections from 1. */
  connection: number
}

/** The items of an Authorization header. */
export const authorizationItems = (request: SeenRequest): Record<string, string> =>
  Object.fromEntries(
    [...(request.headers.authorization ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  )

/** Whether a request is signed by us as WeChat wants it. */
export const isOurs = (request: SeenRequest): boolean => {
  const { timestamp, nonce_str, signature } = authorizationItems(request)
  return createVerify('RSA-SHA256')
    .update(`${request.method}\n${request.url}\n${timestamp}\n${nonce_str}\n${request.body}\n`)
    .verify(ours.publicKey, signature ?? '', 'base64')
}

/** Answers with these bytes, signed. */
export const answerSigned = (
  response: ServerResponse,
  status: number,
  value: unknown,
  signing: Signing = {},
): void => {
  const body = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  response.writeHead(status, {
    ...signedHeaders(body, signing),
    'request-id': '08E6CF05-0',
    ...(body === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
  })
  response.end(body)
}

export type Answerer = (response: ServerResponse, request: SeenRequest) => void

export interface Peer {
  url: string
  requests: SeenRequest[]
  answer: Answerer
  close(): Promise<void>
}

/** Listens on a free port of the loopback. Set `answer` to say what the next requests get. */
export const startPeer = async (
  answer: Answerer = (response) => answerSigned(response, 200, {}),
): Promise<Peer> => {
  let connections = 0
  const numbers = new WeakMap<object, number>()
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const request: SeenRequest = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        connection: numbers.get(incoming.socket) ?? 0,
      }
      peer.requests.push(request)
      peer.answer(response, request)
    })
  })
  server.on('connection', (socket) => numbers.set(socket, ++connections))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const peer: Peer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return peer
}
