import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { AlipaySdk } from 'alipay-sdk'
import { isStrongRsa, keyFault, readKeyText, type KeyText } from '../../shared/key-text.ts'

/** An app of the register as the texts of its files. */
export interface AlipayAppTexts {
  appId: string
  /** The account that gets the money, 2088…: PID, seller_id. */
  sellerId: string
  /** The app's own key: PEM, or the base64 that Alipay's key tool saves. */
  privateKeyPem: string
  /** Alipay's key for this app, PEM or the bare base64 that the open platform shows. */
  alipayPublicKeyPem: string
}

/** An app with its keys parsed once. */
export interface AlipayApp {
  appId: string
  sellerId: string
  /** Builds and signs requests, and checks notifications. It never sends anything: see decision 0011. */
  sdk: AlipaySdk
  /** Verifies answers on their raw bytes. */
  alipayKey: KeyObject
}

/** Says what is wrong with an app's texts, by place and never by value. */
export class FaultyAlipayApp extends Error {
  readonly faults: string[]
  constructor(appId: string, faults: string[]) {
    super(`alipay app ${appId}:\n${faults.map((fault) => `- ${fault}`).join('\n')}`)
    this.name = 'FaultyAlipayApp'
    this.faults = faults
  }
}

/** RSA2 is SHA-256 under a key of 2048 bits: https://opendocs.alipay.com/common/02kipl */
const keyOf = (read: KeyText, kind: KeyText['kind']): KeyObject | null =>
  'key' in read && read.kind === kind && isStrongRsa(read.key) ? read.key : null

/** Parses an app's texts, once, at start. Throws FaultyAlipayApp with every fault. */
export function readAlipayApp(texts: AlipayAppTexts, host: string): AlipayApp {
  const faults: string[] = []
  const ours = readKeyText(texts.privateKeyPem)
  const theirs = readKeyText(texts.alipayPublicKeyPem)
  const privateKey = keyOf(ours, 'private key')
  const alipayKey = keyOf(theirs, 'public key')
  if (!privateKey) faults.push(`privateKey: ${keyFault(ours, 'a private key of RSA 2048')}`)
  if (!alipayKey)
    faults.push(`alipayPublicKey: ${keyFault(theirs, "a public key of RSA 2048 (Alipay's, 支付宝公钥)")}`)
  // The open platform shows both public keys side by side; the app's own one verifies nothing that Alipay says.
  if (privateKey && alipayKey?.equals(createPublicKey(privateKey)))
    faults.push("alipayPublicKey: is the app's own public key; put in the one that is called 支付宝公钥")
  if (faults.length > 0) throw new FaultyAlipayApp(texts.appId, faults)
  const sdk = new AlipaySdk({
    appId: texts.appId,
    privateKey: privateKey!.export({ type: 'pkcs8', format: 'pem' }) as string,
    keyType: 'PKCS8',
    alipayPublicKey: alipayKey!.export({ type: 'spki', format: 'pem' }) as string,
    gateway: `${host}/gateway.do`,
  })
  return { appId: texts.appId, sellerId: texts.sellerId, sdk, alipayKey: alipayKey! }
}
