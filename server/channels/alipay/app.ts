import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { AlipaySdk } from 'alipay-sdk'

/** An app of the register as the texts of its files. */
export interface AlipayAppTexts {
  appId: string
  /** The account that gets the money, 2088…: PID, seller_id. */
  sellerId: string
  /** The app's own key, PEM. */
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

/** RSA2 is SHA-256 under a key of 2048 bits. https://opendocs.alipay.com/common/02kipl */
const MIN_RSA_BITS = 2048

const isStrongRsa = (key: KeyObject | null): key is KeyObject =>
  key?.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS

function parsed(parse: () => KeyObject): KeyObject | null {
  try {
    return parse()
  } catch {
    return null
  }
}

/** The open platform shows its key as bare base64, and tools save it so. */
function publicKeyOf(text: string): KeyObject | null {
  const bare = text.replaceAll(/\s/g, '')
  if (/^[0-9A-Za-z+/=]+$/.test(bare))
    return parsed(() => createPublicKey({ key: Buffer.from(bare, 'base64'), format: 'der', type: 'spki' }))
  // createPublicKey would also take a private key or a certificate and hide the mix-up.
  return text.includes('-----BEGIN PUBLIC KEY-----') ? parsed(() => createPublicKey(text)) : null
}

/** Parses an app's texts, once, at start. Throws FaultyAlipayApp with every fault. */
export function readAlipayApp(texts: AlipayAppTexts, host: string): AlipayApp {
  const faults: string[] = []
  const privateKey = parsed(() => createPrivateKey(texts.privateKeyPem))
  const alipayKey = publicKeyOf(texts.alipayPublicKeyPem)
  if (!isStrongRsa(privateKey)) faults.push('privateKey: is not a PEM private key of RSA 2048')
  if (!isStrongRsa(alipayKey)) faults.push("alipayPublicKey: is not Alipay's public key of RSA 2048")
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
