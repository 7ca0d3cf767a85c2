import type { KeyObject } from 'node:crypto'
import type { WechatpayMerchant } from './merchant.ts'

/** The keys of one merchant, laid out for use. No ring ever opens another merchant's message. */
export interface KeyRing {
  mchid: string
  /** Signs our requests and the cashier's parameters. */
  signer: { serialNo: string; privateKey: KeyObject }
  /** WeChat Pay's keys by the exact value of Wechatpay-Serial. */
  verifiers: ReadonlyMap<string, KeyObject>
  /** The key that WeChat Pay is asked to answer with; null leaves it the platform certificate. */
  wantedSerial: string | null
  apiV3Key: Buffer
}

/** Lays out a merchant's keys. Throws when it has nothing to sign with. */
export const createKeyRing = (merchant: WechatpayMerchant): KeyRing => {
  const [signer] = merchant.certificates
  if (signer === undefined) throw new Error(`merchant ${merchant.mchid} has no API certificate to sign with`)
  return {
    mchid: merchant.mchid,
    signer,
    verifiers: new Map([
      ...merchant.platformCertificates.map(({ serialNo, key }) => [serialNo, key] as const),
      ...merchant.publicKeys.map(({ id, key }) => [id, key] as const),
    ]),
    wantedSerial: merchant.publicKeys[0]?.id ?? null,
    apiV3Key: merchant.apiV3Key,
  }
}
