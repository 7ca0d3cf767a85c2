import { verify } from 'node:crypto'
import { decodeBase64 } from '../world/base64.ts'
import type { Merchant, Merchants } from '../world/merchants.ts'
import { signError } from './refusal.ts'
import { requestText, SCHEME } from './signature.ts'

/** Clocks may differ by five minutes. https://pay.weixin.qq.com/doc/v3/merchant/4012072670 */
export const MAX_SKEW_SECONDS = 300
const ITEMS = ['mchid', 'nonce_str', 'signature', 'timestamp', 'serial_no'] as const
type Item = (typeof ITEMS)[number]

/** A request as it came in, before anybody believed it. */
export interface Incoming {
  method: string
  /** Path and query exactly as on the wire. */
  url: string
  authorization: string | undefined
  body: Buffer
}

/** How much of the body sign_information repeats. */
const SHOWN_BODY_BYTES = 32

/**
 * Who asks: verifies the Authorization header over the received bytes. Throws 401 SIGN_ERROR in WeChat's words.
 * Order and texts: https://pay.weixin.qq.com/doc/v3/merchant/4012072670; the payment addresses answer a missing header
 * in other words than the rest, and the time is judged before the signature (seen at api.mch.weixin.qq.com).
 */
export function authenticate(merchants: Merchants, incoming: Incoming): Merchant {
  const items = readAuthorization(incoming)
  const timestamp = Number(items.timestamp)
  if (Math.abs(Date.now() / 1000 - timestamp) > MAX_SKEW_SECONDS) {
    throw signError('Http头Authorization中的timestamp与发起请求的时间不得超过5分钟')
  }
  const merchant = merchants.byMchid.get(items.mchid)
  if (!merchant) throw signError('签名错误')
  if (items.serial_no.toUpperCase() !== merchant.serialNo) {
    throw signError('商户证书序列号有误。请使用签名私钥匹配的证书序列号')
  }
  const text = requestText({ ...incoming, timestamp: items.timestamp, nonce: items.nonce_str })
  const signature = decodeBase64(items.signature)
  if (!signature || !verify('sha256', text, merchant.verifyKey, signature)) {
    throw signError('错误的签名，验签失败', {
      field: 'signature',
      issue: 'sign not match',
      location: 'authorization',
      sign_information: {
        method: incoming.method,
        url: incoming.url,
        truncated_sign_message: text
          .subarray(0, text.length - incoming.body.length - 1 + SHOWN_BODY_BYTES)
          .toString(),
        sign_message_length: text.length,
      },
    })
  }
  return merchant
}

/** The header's five items. Throws 401 SIGN_ERROR when it is not exactly as it should be. */
export function readAuthorization({
  authorization,
  url,
}: Pick<Incoming, 'authorization' | 'url'>): Record<Item, string> {
  const badFormat = () => signError('Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》')
  const isPayment = url.startsWith('/v3/pay/')
  if (authorization === undefined || authorization === '') {
    throw isPayment ? signError('签名信息错误，验签失败') : badFormat()
  }
  const space = authorization.indexOf(' ')
  if (authorization.slice(0, space === -1 ? undefined : space) !== SCHEME) {
    throw isPayment ? signError('签名信息错误，验签失败') : signError('Http头Authorization认证类型不正确')
  }
  const found = new Map<string, string>()
  for (const piece of authorization.slice(SCHEME.length + 1).split(',')) {
    const match = /^([a-z_]{1,16})="([^"]{1,1024})"$/.exec(piece)
    if (!match || found.has(match[1]!)) throw badFormat()
    found.set(match[1]!, match[2]!)
  }
  if (found.size !== ITEMS.length || !ITEMS.every((item) => found.has(item))) throw badFormat()
  if (!/^\d{1,11}$/.test(found.get('timestamp')!)) throw badFormat()
  return Object.fromEntries(found) as Record<Item, string>
}
