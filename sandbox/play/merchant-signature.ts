import { createPrivateKey, randomBytes, sign } from 'node:crypto'
import { requestText, SCHEME } from '../gateway/signature.ts'

/** What GET /_sandbox/merchants tells of a merchant, as far as it is needed to speak for one. */
export interface MerchantKeys {
  mchid: string
  serialNo: string
  privateKeyPem: string
  appids: { appid: string; kind: string }[]
}

/** The Authorization header of a merchant's request. https://pay.weixin.qq.com/doc/v3/merchant/4012365336 */
export function merchantAuthorization(
  merchant: MerchantKeys,
  method: string,
  url: string,
  body: string,
): string {
  const timestamp = Math.floor(Date.now() / 1000).toString()
  const nonce = randomBytes(16).toString('hex')
  const text = requestText({ method, url, timestamp, nonce, body: Buffer.from(body) })
  const signature = sign('sha256', text, createPrivateKey(merchant.privateKeyPem)).toString('base64')
  const { mchid, serialNo } = merchant
  return `${SCHEME} mchid="${mchid}",nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${serialNo}"`
}
