import { constants, privateDecrypt } from 'node:crypto'
import { decodeBase64 } from '../world/base64.ts'
import type { Merchant } from '../world/merchants.ts'
import { badParameter } from './refusal.ts'

/**
 * What a merchant encrypted under the key of WeChat that Wechatpay-Serial names. RSA-OAEP with SHA-1, as WeChat asks for. https://pay.weixin.qq.com/doc/v3/merchant/4012070198
 */
export function decryptField(merchant: Merchant, serial: string, source: string, sealed: string): string {
  const key = {
    [merchant.platformSerialNo]: merchant.mode === 'public-key' ? undefined : merchant.platformKey,
    [merchant.publicKeyId]: merchant.mode === 'certificate' ? undefined : merchant.publicKeyKey,
  }[serial]
  if (!key) {
    throw badParameter(
      '/header/Wechatpay-Serial',
      serial.slice(0, 64),
      '加密字段所用的Wechatpay-Serial不正确',
    )
  }
  const bytes = decodeBase64(sealed)
  try {
    return privateDecrypt(
      { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
      bytes!,
    ).toString()
  } catch {
    throw badParameter(source, null, `字段${source.slice(source.lastIndexOf('/') + 1)}解密失败`)
  }
}
