import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { EntryKind } from '../../contract/entry.ts'
import type { ShippingField } from '../../contract/shipping.ts'
import type { Shop } from '../../contract/shop.ts'
import type { ChannelName } from '../payments/payment-channel.ts'
import { isSandboxKey } from '../shared/key-text.ts'
import { wordFault } from './field-faults.ts'
import { configSchema, type ConfigFile } from './schema.ts'
import { isGuessable } from './guessable.ts'
import { isExposed, readSecret, type SecretReference } from './secret.ts'
import { readSubscriber, subscriberProductionFaults, type SubscriberConfig } from './subscribers.ts'

/** The door a session came in by, with what its payments are made of. */
export interface EntryConfig {
  code: string
  kind: EntryKind
  channel: ChannelName
  mchid: string
  mode: 'merchant' | 'partner'
  appid: string
  /** The app that customers are in, and sign in under: the sub-merchant's own, when it has one. */
  customerAppid: string
  /** Of customerAppid; null where nobody signs in. */
  appsecret: string | null
  subMchid: string | null
  subAppid: string | null
}

/** Texts of a merchant's keys, as read from their files. */
export interface MerchantKeys {
  mchid: string
  mode: 'merchant' | 'partner'
  apiV3Key: string
  certificates: { serialNo: string; privateKeyPem: string }[]
  publicKeys: { id: string; publicKeyPem: string }[]
  platformCertificates: { serialNo: string; certificatePem: string }[]
}

/** Texts of an Alipay app's keys, as read from their files. */
export interface AlipayAppKeys {
  appId: string
  sellerId: string
  privateKeyPem: string
  alipayPublicKeyPem: string
}

/** Somebody who may refund and see everybody's payments. */
export interface OperatorConfig {
  name: string
  /** Of 32 to 128 letters, digits, _ or -. */
  token: string
  /** Fen that the operator may give away alone, at a time and in a day. Without it: any. */
  refundLimitFen?: number | undefined
  refundDailyLimitFen?: number | undefined
}

export interface Config {
  publicUrl: string
  listen: ConfigFile['listen']
  stopDelayMs: number
  trustedProxies: number
  contentSecurity: ConfigFile['contentSecurity']
  clock: ConfigFile['clock']
  hosts: ConfigFile['hosts']
  cataloguePath: string | null
  /** What customers are asked for beside the goods. */
  shippingFields: ShippingField[]
  /** How customers reach the shop, and its own pages. */
  shop: Shop
  merchants: MerchantKeys[]
  alipayApps: AlipayAppKeys[]
  entries: EntryConfig[]
  operators: OperatorConfig[]
  subscribers: SubscriberConfig[]
  /** What works but should be changed, one sentence each, by name and never by value: for the log. */
  warnings: string[]
}

/** The configuration is wrong. The message names every fault, one a line, and never a value. */
export class ConfigFault extends Error {
  constructor(faults: string[]) {
    super(`The configuration cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`)
    this.name = 'ConfigFault'
  }
}

const providerHosts = new Set([
  'https://api.mch.weixin.qq.com',
  'https://api2.mch.weixin.qq.com',
  'https://api.weixin.qq.com',
  'https://open.weixin.qq.com',
  'https://openapi.alipay.com',
])

/** What real money forbids: demo keys, other hosts than the provider's, a clock that somebody can move. */
function productionFaults(file: ConfigFile): string[] {
  const hosts = [...file.hosts.wechatpay, file.hosts.platform, file.hosts.oauth, file.hosts.alipay]
  return [
    ...file.merchants
      .filter((merchant) => merchant.demo)
      .map((merchant) => `merchants: ${merchant.mchid} has demonstration keys; put in the merchant's own`),
    ...file.alipayApps
      .filter((app) => app.demo)
      .map((app) => `alipayApps: ${app.appId} has demonstration keys; put in the app's own`),
    ...(hosts.every((host) => providerHosts.has(host))
      ? []
      : ['hosts: only the provider may be asked; remove this field']),
    ...(file.clock.kind === 'system' ? [] : ["clock: only the system's clock; remove this field"]),
    ...(file.publicUrl.startsWith('https://') ? [] : ['publicUrl: must be https']),
    ...subscriberProductionFaults(file.subscribers),
  ]
}

/**
 * Reads the configuration file and the secrets it refers to.
 * Throws ConfigFault with all faults at once.
 */
export function loadConfig(path: string, options: { production: boolean }): Config {
  const directory = dirname(resolve(path))
  const file = parse(path)
  const faults = options.production ? productionFaults(file) : []
  const warnings: string[] = []
  const open: SecretOf = (where, reference) => {
    try {
      return readSecret(reference, directory)
    } catch (error) {
      faults.push(`${where}: ${(error as Error).message}`)
      return ''
    }
  }
  const secret: SecretOf = (where, reference) => {
    if (isExposed(reference, directory))
      warnings.push(`${where}: other users of this machine can read its file; chmod 600`)
    return open(where, reference)
  }
  const merchants = file.merchants.map((merchant, i) =>
    readMerchant(merchant, `merchants.${i}`, secret, open),
  )
  const alipayApps = file.alipayApps.map((app, i): AlipayAppKeys => ({
    appId: app.appId,
    sellerId: app.sellerId,
    privateKeyPem: secret(`alipayApps.${i}.privateKey`, app.privateKey),
    alipayPublicKeyPem: open(`alipayApps.${i}.alipayPublicKey`, app.alipayPublicKey),
  }))
  const entries = file.entries.map((entry, i): EntryConfig =>
    entry.channel === 'alipay'
      ? alipayEntry(file, entry)
      : {
          ...wechatEntry(file, entry),
          appsecret: entry.appsecret ? secret(`entries.${i}.appsecret`, entry.appsecret) : null,
        },
  )
  const operators = file.operators.map((operator, i): OperatorConfig => ({
    ...operator,
    token: secret(`operators.${i}.token`, operator.token),
  }))
  const subscribers = file.subscribers.map((subscriber, i) =>
    readSubscriber(
      subscriber,
      (reference) => secret(`subscribers.${i}.secrets`, reference),
      (message) => faults.push(`subscribers.${i}.${message}`),
    ),
  )
  if (options.production) faults.push(...sandboxKeyFaults(merchants, alipayApps))
  if (faults.length === 0) faults.push(...tokenFaults(operators))
  warnings.push(...weakKeyWarnings(merchants))
  if (faults.length > 0) throw new ConfigFault(faults)
  return {
    publicUrl: file.publicUrl,
    listen: file.listen,
    stopDelayMs: file.stopDelayMs,
    trustedProxies: file.trustedProxies,
    contentSecurity: file.contentSecurity,
    clock: file.clock,
    hosts: file.hosts,
    cataloguePath: file.catalogue ? resolve(directory, file.catalogue) : null,
    shippingFields: file.shipping,
    shop: file.shop,
    merchants,
    alipayApps,
    entries,
    operators,
    subscribers,
    warnings: [...new Set(warnings)],
  }
}

/** The text of a secret; '' when it cannot be read, which is a fault by then. */
type SecretOf = (where: string, reference: SecretReference) => string

/** `secret` reads what must stay secret, `open` what may be read by anybody. */
function readMerchant(
  merchant: ConfigFile['merchants'][number],
  at: string,
  secret: SecretOf,
  open: SecretOf,
): MerchantKeys {
  return {
    mchid: merchant.mchid,
    mode: merchant.mode,
    apiV3Key: secret(`${at}.apiV3Key`, merchant.apiV3Key),
    certificates: merchant.certificates.map((certificate) => ({
      serialNo: certificate.serialNo,
      privateKeyPem: secret(`${at}.certificates`, certificate.privateKey),
    })),
    publicKeys: merchant.publicKeys.map((key) => ({
      id: key.id,
      publicKeyPem: open(`${at}.publicKeys`, key.key),
    })),
    platformCertificates: merchant.platformCertificates.map((certificate) => ({
      serialNo: certificate.serialNo,
      certificatePem: open(`${at}.platformCertificates`, certificate.certificate),
    })),
  }
}

type EntryOf<Channel extends ChannelName> = Extract<ConfigFile['entries'][number], { channel: Channel }>

/** All of an entry but its secret. */
function wechatEntry(file: ConfigFile, entry: EntryOf<'wechatpay'>): Omit<EntryConfig, 'appsecret'> {
  const { code, kind, channel, merchant: mchid, appid, subMchid, subAppid } = entry
  const { mode } = file.merchants.find((candidate) => candidate.mchid === mchid)!
  return { code, kind, channel, mchid, mode, appid, customerAppid: subAppid ?? appid, subMchid, subAppid }
}

/** At Alipay the merchant is the seller's account, and nobody signs in. */
function alipayEntry(file: ConfigFile, { code, kind, channel, app }: EntryOf<'alipay'>): EntryConfig {
  const { sellerId } = file.alipayApps.find((candidate) => candidate.appId === app)!
  const nobody = { appsecret: null, subMchid: null, subAppid: null }
  return { code, kind, channel, mchid: sellerId, mode: 'merchant', appid: app, customerAppid: app, ...nobody }
}

/** Keys that a sandbox made, also without `demo: true`: anyone with the sandbox's folder could sign as WeChat. */
function sandboxKeyFaults(merchants: MerchantKeys[], apps: AlipayAppKeys[]): string[] {
  const faultsOf = (where: string, texts: string[]) =>
    texts.some(isSandboxKey) ? [`${where} has keys that a sandbox made; put in the real ones`] : []
  return [
    ...merchants.flatMap((merchant) =>
      faultsOf(`merchants: ${merchant.mchid}`, [
        ...merchant.certificates.map(({ privateKeyPem }) => privateKeyPem),
        ...merchant.publicKeys.map(({ publicKeyPem }) => publicKeyPem),
        ...merchant.platformCertificates.map(({ certificatePem }) => certificatePem),
      ]),
    ),
    ...apps.flatMap((app) =>
      faultsOf(`alipayApps: ${app.appId}`, [app.privateKeyPem, app.alipayPublicKeyPem]),
    ),
  ]
}

/**
 * The APIv3 key is set at WeChat, and another one takes effect there at once: a start that refused it would stop a shop.
 * It encrypts notifications, which are believed for their signature, so a weak one is told and not refused.
 */
const weakKeyWarnings = (merchants: MerchantKeys[]): string[] =>
  merchants
    .filter(({ apiV3Key }) => apiV3Key !== '' && isGuessable(apiV3Key))
    .map(({ mchid }) => `merchants: the APIv3 key of ${mchid} can be guessed; set a random one at WeChat`)

/** A token that can be guessed, or that does not say who came. */
function tokenFaults(operators: OperatorConfig[]): string[] {
  const weak = operators.flatMap(({ token }, i) =>
    !/^[0-9A-Za-z_-]{32,128}$/.test(token)
      ? [`operators.${i}.token: must be 32 to 128 letters, digits, _ or -; try: openssl rand -hex 32`]
      : isGuessable(token)
        ? [`operators.${i}.token: can be guessed; try: openssl rand -hex 32`]
        : [],
  )
  const isShared = new Set(operators.map(({ token }) => token)).size < operators.length
  return isShared ? [...weak, 'operators: two operators have one token'] : weak
}

function parse(path: string): ConfigFile {
  let json: unknown
  try {
    // Some editors put a byte order mark before the text.
    json = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new ConfigFault([
      error instanceof SyntaxError
        ? `${path} is not JSON${placeOf(error)}: no comments, and no comma after the last of a list`
        : `${path} cannot be read: name the file with --config or QIAOFU_CONFIG`,
    ])
  }
  const parsed = configSchema.safeParse(json, { error: wordFault })
  if (parsed.success) return parsed.data
  const faults = new Map<string, string>()
  for (const { path: place, message } of parsed.error.issues) {
    const where = place.join('.') || '(root)'
    // A value of the wrong type is not asked about its length as well.
    if (!faults.has(where)) faults.set(where, `${where}: ${message}`)
  }
  throw new ConfigFault([...faults.values()])
}

/** " (line 3, column 7)" of a file that is not JSON, where the parser says it. Its whole message would repeat the file's text. */
function placeOf({ message }: SyntaxError): string {
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(message) ?? []
  return line ? ` (line ${line}, column ${column})` : ''
}
