import { verify } from 'node:crypto'
import { decodeBase64 } from '../world/base64.ts'
import type { Merchant, Merchants } from '../world/merchants.ts'
import { signError } from './refusal.ts'
import type { Detail } from './refusal.ts'
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

/** How much of the body sign_information repeats: https://github.com/minibear2021/wechatpayv3/issues/56 */
const SHOWN_BODY_BYTES = 8

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
  const text = requestText({ ...incoming, timestamp: items.timestamp, nonce: items.nonce_str })
  if (items.serial_no.toUpperCase() !== merchant.serialNo) {
    const message = '商户证书序列号有误。请使用签名私钥匹配的证书序列号'
    throw signError(message, signInformation(incoming, text))
  }
  const signature = decodeBase64(items.signature)
  if (!signature || !verify('sha256', text, merchant.verifyKey, signature)) {
    throw signError('错误的签名，验签失败', signInformation(incoming, text))
  }
  return merchant
}

/**
 * What was verified, for the merchant to compare: the text with all but the first bytes of its body left out, and its
 * length in bytes. WeChat tells it of a wrong serial number too: https://github.com/minibear2021/wechatpayv3/issues/56
 */
function signInformation({ method, url, body }: Incoming, text: Buffer): Detail {
  const head = text.subarray(0, text.length - body.length - 1)
  return {
    detail: { issue: 'sign not match' },
    field: 'signature',
    location: 'authorization',
    sign_information: {
      method,
      sign_message_length: text.length,
      truncated_sign_message: `${head.toString()}${body.subarray(0, SHOWN_BODY_BYTES).toString()}\n`,
      url,
    },
  }
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
