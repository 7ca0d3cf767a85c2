import { createPublicKey } from 'node:crypto'
import type { KeyObject, X509Certificate } from 'node:crypto'
import { isStrongRsa, keyFault, readKeyText } from '../../shared/key-text.ts'

/** A merchant of the register, its keys parsed once. Payments name their merchant by mchid and find today's keys here. */
export interface WechatpayMerchant {
  mchid: string
  mode: 'merchant' | 'partner'
  /** The merchant's own API certificates. The first signs today. */
  certificates: { serialNo: string; privateKey: KeyObject }[]
  /** 32 bytes: opens notifications. */
  apiV3Key: Buffer
  /** WeChat Pay's public keys (PUB_KEY_ID_…), the newer way to verify. The first is asked for. */
  publicKeys: { id: string; key: KeyObject }[]
  /** WeChat Pay's platform certificates, the older way. */
  platformCertificates: { serialNo: string; key: KeyObject }[]
}

/** The same merchant as the texts of its files. */
export interface WechatpayMerchantTexts {
  mchid: string
  mode: 'merchant' | 'partner'
  /** apiclient_key.pem; apiclient_cert.pem is optional and proves that key and serial number belong together. */
  certificates: { serialNo: string; privateKeyPem: string; certificatePem?: string }[]
  apiV3Key: string
  /** pub_key.pem */
  publicKeys: { id: string; publicKeyPem: string }[]
  /** wechatpay_….pem */
  platformCertificates: { serialNo: string; certificatePem: string }[]
}

/** Says all that is wrong with a merchant's texts, by place and never by value. */
export class FaultyMerchant extends Error {
  /** e.g. "certificates.0.privateKey: is not …" */
  readonly faults: string[]
  constructor(mchid: string, faults: string[]) {
    super(`merchant ${mchid}:\n${faults.map((fault) => `- ${fault}`).join('\n')}`)
    this.name = 'FaultyMerchant'
    this.faults = faults
  }
}

type Report = (place: string, fault: string) => void

const API_V3_KEY_BYTES = 32

const readSerial = (serialNo: string, place: string, report: Report): string => {
  const serial = serialNo.trim().toUpperCase()
  if (!/^[0-9A-F]{1,64}$/.test(serial)) {
    report(place, 'is not a certificate serial number (hexadecimal digits, without colons)')
  }
  return serial
}

const readCertificate = (
  pem: string,
  serial: string,
  place: string,
  report: Report,
): X509Certificate | null => {
  const read = readKeyText(pem)
  if (read.kind !== 'certificate') {
    report(place, keyFault(read, 'a certificate (-----BEGIN CERTIFICATE-----)'))
    return null
  }
  if (read.certificate.serialNumber.toUpperCase() !== serial)
    report(place, 'has another serial number than serialNo says')
  return read.certificate
}

const readOwnCertificate = (
  texts: WechatpayMerchantTexts['certificates'][number],
  place: string,
  report: Report,
): WechatpayMerchant['certificates'] => {
  const serialNo = readSerial(texts.serialNo, `${place}.serialNo`, report)
  const read = readKeyText(texts.privateKeyPem)
  if (read.kind !== 'private key' || !isStrongRsa(read.key)) {
    report(
      `${place}.privateKey`,
      keyFault(read, 'a private key of RSA 2048 (apiclient_key.pem, without a password)'),
    )
    return []
  }
  const privateKey = read.key
  if (texts.certificatePem !== undefined) {
    const certificate = readCertificate(texts.certificatePem, serialNo, `${place}.certificate`, report)
    if (certificate !== null && !certificate.checkPrivateKey(privateKey)) {
      report(`${place}.privateKey`, 'does not belong to the certificate beside it')
    }
  }
  return [{ serialNo, privateKey }]
}

const readPublicKey = (
  texts: WechatpayMerchantTexts['publicKeys'][number],
  place: string,
  report: Report,
): WechatpayMerchant['publicKeys'] => {
  const id = texts.id.trim()
  if (!/^PUB_KEY_ID_[0-9A-Za-z]{1,64}$/.test(id)) {
    report(`${place}.id`, 'is not the id of a WeChat Pay public key (PUB_KEY_ID_ and digits)')
  }
  const read = readKeyText(texts.publicKeyPem)
  if (read.kind !== 'public key' || !isStrongRsa(read.key)) {
    report(
      `${place}.key`,
      keyFault(read, 'a public key of RSA 2048 (pub_key.pem, -----BEGIN PUBLIC KEY-----)'),
    )
    return []
  }
  return [{ id, key: read.key }]
}

const readPlatformCertificate = (
  texts: WechatpayMerchantTexts['platformCertificates'][number],
  place: string,
  report: Report,
): WechatpayMerchant['platformCertificates'] => {
  const serialNo = readSerial(texts.serialNo, `${place}.serialNo`, report)
  const certificate = readCertificate(texts.certificatePem, serialNo, `${place}.certificate`, report)
  if (certificate === null) return []
  if (!isStrongRsa(certificate.publicKey)) {
    report(`${place}.certificate`, 'is not an RSA 2048 certificate')
    return []
  }
  return [{ serialNo, key: certificate.publicKey }]
}

/** Faults that only show when all parts are side by side. */
const checkTogether = (merchant: WechatpayMerchant, texts: WechatpayMerchantTexts, report: Report): void => {
  if (merchant.apiV3Key.length !== API_V3_KEY_BYTES) {
    report('apiV3Key', `has ${merchant.apiV3Key.length} bytes; an APIv3 key has exactly ${API_V3_KEY_BYTES}`)
  }
  if (texts.certificates.length === 0) report('certificates', 'is empty: nothing could be signed')
  if (texts.publicKeys.length + texts.platformCertificates.length === 0) {
    report('publicKeys', 'is empty and so is platformCertificates: nothing from WeChat Pay could be verified')
  }
  const names = [
    ...merchant.publicKeys.map(({ id }) => id),
    ...merchant.platformCertificates.map((c) => c.serialNo),
  ]
  if (new Set(names).size !== names.length)
    report('publicKeys', 'name the same key twice, or platformCertificates do')
  const own = merchant.certificates.map(({ privateKey }) => createPublicKey(privateKey))
  const theirs = [...merchant.publicKeys, ...merchant.platformCertificates]
  if (theirs.some(({ key }) => own.some((ownKey) => ownKey.equals(key)))) {
    report('publicKeys', "hold the merchant's own key where WeChat Pay's belongs, or platformCertificates do")
  }
}

/**
 * Parses the texts of a merchant's files, once, at start. Throws FaultyMerchant that lists every fault.
 * Where each file comes from: https://pay.weixin.qq.com/doc/v3/merchant/4012154180
 */
export const readWechatpayMerchant = (texts: WechatpayMerchantTexts): WechatpayMerchant => {
  const faults: string[] = []
  const report: Report = (place, fault) => faults.push(`${place}: ${fault}`)
  const merchant: WechatpayMerchant = {
    mchid: texts.mchid,
    mode: texts.mode,
    certificates: texts.certificates.flatMap((c, i) => readOwnCertificate(c, `certificates.${i}`, report)),
    // Editors end files with a newline; no APIv3 key has white space.
    apiV3Key: Buffer.from(texts.apiV3Key.trim(), 'utf8'),
    publicKeys: texts.publicKeys.flatMap((k, i) => readPublicKey(k, `publicKeys.${i}`, report)),
    platformCertificates: texts.platformCertificates.flatMap((c, i) =>
      readPlatformCertificate(c, `platformCertificates.${i}`, report),
    ),
  }
  checkTogether(merchant, texts, report)
  if (faults.length > 0) throw new FaultyMerchant(texts.mchid, faults)
  return merchant
}
