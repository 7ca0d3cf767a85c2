import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { issueCertificate } from './certificate.ts'
import { digits, hexDigits, letters } from './random.ts'
import { makeSandboxKey } from './sandbox-key.ts'

/** What an appid is at WeChat. */
export type AppKind = 'official-account' | 'mini-program' | 'mobile-app'

/** An app of the open platform or the public platform. */
export interface App {
  appid: string
  appsecret: string
  kind: AppKind
  name: string
  /** Bound to the demo's Open Platform account, so that its people have a unionid. */
  unionBound: boolean
}

/**
 * How WeChat signs for a merchant: by platform certificate (old merchants), by WeChat Pay public key (new ones), or in
 * between. https://pay.weixin.qq.com/doc/v3/merchant/4012154180
 */
export type SigningMode = 'certificate' | 'migrating' | 'public-key'

/** A merchant as it is kept: texts only. */
export interface MerchantRecord {
  mchid: string
  name: string
  role: 'merchant' | 'partner'
  apiV3Key: string
  /** The merchant's own API certificate. */
  serialNo: string
  privateKeyPem: string
  certificatePem: string
  mode: SigningMode
  /** Of 100 notifications while migrating, how many are signed by public key. WeChat ramps 0.1 to 100. */
  publicKeyPercent: number
  publicKeyId: string
  /** WeChat's side of the WeChat Pay public key. */
  publicKeyPrivatePem: string
  platformSerialNo: string
  platformPrivatePem: string
  platformCertificatePem: string
  platformFromMs: number
  /** appids bound to this mchid. */
  appids: string[]
  /** Only of a partner: whom it may collect for, and the appids it bound to each. */
  subMerchants: { mchid: string; name: string; appids: string[] }[]
}

/** A merchant with its keys parsed once. */
export interface Merchant extends MerchantRecord {
  /** Verifies what the merchant signed. */
  verifyKey: KeyObject
  /** Sign for WeChat. */
  platformKey: KeyObject
  publicKeyKey: KeyObject
  publicKeyPem: string
  /** Encrypts what WeChat sends: the APIv3 key. */
  sealKey: KeyObject
}

/** A key of WeChat that signs an answer or a notification, and the name it goes by in Wechatpay-Serial. */
export interface SigningKey {
  serial: string
  key: KeyObject
}

/** All merchants and apps. */
export interface Merchants {
  byMchid: Map<string, Merchant>
  apps: Map<string, App>
}

/** What the sandbox keeps in keys.json. */
export interface MerchantsRecord {
  merchants: MerchantRecord[]
  apps: App[]
}

/** Parses the keys of a kept merchant. */
export function openMerchant(record: MerchantRecord): Merchant {
  const publicKeyKey = createPrivateKey(record.publicKeyPrivatePem)
  return {
    ...record,
    verifyKey: createPublicKey(record.privateKeyPem),
    platformKey: createPrivateKey(record.platformPrivatePem),
    publicKeyKey,
    publicKeyPem: createPublicKey(publicKeyKey).export({ type: 'spki', format: 'pem' }) as string,
    sealKey: createSecretKey(Buffer.from(record.apiV3Key)),
  }
}

/** The texts of a merchant, for keeping. */
export function merchantRecord(merchant: Merchant): MerchantRecord {
  const {
    verifyKey: _v,
    platformKey: _p,
    publicKeyKey: _k,
    publicKeyPem: _m,
    sealKey: _s,
    ...record
  } = merchant
  return record
}

/** Which key signs notifications now. `chance` is in [0, 1). */
export function notificationKey(merchant: Merchant, chance: number): SigningKey {
  const byPublicKey =
    merchant.mode === 'public-key' ||
    (merchant.mode === 'migrating' && chance * 100 < merchant.publicKeyPercent)
  return byPublicKey ? publicKeyOf(merchant) : platformCertificateOf(merchant)
}

/**
 * Which key signs an answer: the one the request's Wechatpay-Serial asks for, as long as the merchant has it.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012154180
 */
export function answerKey(merchant: Merchant, requestedSerial: string | undefined): SigningKey {
  if (merchant.mode === 'public-key') return publicKeyOf(merchant)
  if (merchant.mode === 'migrating' && requestedSerial === merchant.publicKeyId) return publicKeyOf(merchant)
  return platformCertificateOf(merchant)
}

function publicKeyOf(merchant: Merchant): SigningKey {
  return { serial: merchant.publicKeyId, key: merchant.publicKeyKey }
}

function platformCertificateOf(merchant: Merchant): SigningKey {
  return { serial: merchant.platformSerialNo, key: merchant.platformKey }
}

/**
 * Makes a merchant with fresh keys: three RSA-2048 pairs, or one when WeChat signs with the pairs that another merchant
 * has. The platform certificate is a new one in any case.
 */
export async function makeMerchant(
  given: Pick<MerchantRecord, 'mchid' | 'name' | 'role' | 'mode' | 'appids' | 'subMerchants'>,
  wechat?: Pick<Merchant, 'platformKey' | 'publicKeyKey'>,
): Promise<Merchant> {
  const [own, platform, publicKey] = await Promise.all([
    makeSandboxKey(),
    wechat?.platformKey ?? makeSandboxKey(),
    wechat?.publicKeyKey ?? makeSandboxKey(),
  ])
  const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string
  const fromMs = Date.now() - 86_400_000
  const ownCertificate = issueCertificate(own, given.mchid, fromMs)
  const platformCertificate = issueCertificate(platform, 'Tenpay.com Root CA of the sandbox', fromMs)
  return openMerchant({
    ...given,
    apiV3Key: letters(32),
    serialNo: ownCertificate.serialNo,
    privateKeyPem: pem(own),
    certificatePem: ownCertificate.pem,
    publicKeyPercent: given.mode === 'certificate' ? 0 : 50,
    publicKeyId: `PUB_KEY_ID_0${given.mchid}${digits(23)}`,
    publicKeyPrivatePem: pem(publicKey),
    platformSerialNo: platformCertificate.serialNo,
    platformPrivatePem: pem(platform),
    platformCertificatePem: platformCertificate.pem,
    platformFromMs: fromMs,
  })
}

/** The merchant of withCertificateMerchant. */
export const CERTIFICATE_MCHID = '1900000004'

function demoApp(appid: string, kind: AppKind, name: string): App {
  return { appid, appsecret: hexDigits(32).toLowerCase(), kind, name, unionBound: true }
}

/** The merchants and apps that exist from the start. */
export async function makeDemoMerchants(): Promise<Merchants> {
  const apps = [
    demoApp('wx5a17d0c0ffee0001', 'official-account', '桥付小店'),
    demoApp('wx5a17d0c0ffee0002', 'mini-program', '桥付小店'),
    demoApp('wx5a17d0c0ffee0003', 'mini-program', '江南茶铺'),
    demoApp('wx5a17d0c0ffee0004', 'official-account', '桥付服务商'),
    demoApp('wx5a17d0c0ffee0005', 'mini-program', '巷口面馆'),
    demoApp('wx5a17d0c0ffee0006', 'mobile-app', '桥付小店'),
    demoApp('wx5a17d0c0ffee0007', 'mobile-app', '桥付服务商'),
  ]
  const [first, second, third, fourth, fifth, sixth, seventh] = apps.map((app) => app.appid) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const merchants = await Promise.all([
    makeMerchant({
      mchid: '1900000001',
      name: '桥付小店',
      role: 'merchant',
      mode: 'migrating',
      appids: [first, second, sixth],
      subMerchants: [],
    }),
    makeMerchant({
      mchid: '1900000002',
      name: '江南茶铺',
      role: 'merchant',
      mode: 'public-key',
      appids: [third],
      subMerchants: [],
    }),
    makeMerchant({
      mchid: '1900000003',
      name: '桥付服务商',
      role: 'partner',
      mode: 'certificate',
      appids: [fourth, seventh],
      subMerchants: [
        { mchid: '1900000013', name: '巷口面馆', appids: [fifth] },
        { mchid: '1900000023', name: '湖心茶社', appids: [] },
      ],
    }),
  ])
  return withCertificateMerchant({
    byMchid: new Map(merchants.map((merchant) => [merchant.mchid, merchant])),
    apps: new Map(apps.map((app) => [app.appid, app])),
  })
}

/**
 * Adds a direct merchant as all were before WeChat Pay public keys: with a platform certificate and nothing else.
 * It shares WeChat's pairs with another merchant, since making pairs is most of what a start costs.
 */
export async function withCertificateMerchant({ byMchid, apps }: Merchants): Promise<Merchants> {
  const own = [
    demoApp('wx5a17d0c0ffee0008', 'official-account', '桥付老店'),
    demoApp('wx5a17d0c0ffee0009', 'mini-program', '桥付老店'),
    demoApp('wx5a17d0c0ffee0010', 'mobile-app', '桥付老店'),
  ]
  const [lender] = byMchid.values()
  const merchant = await makeMerchant(
    {
      mchid: CERTIFICATE_MCHID,
      name: '桥付老店',
      role: 'merchant',
      mode: 'certificate',
      appids: own.map((app) => app.appid),
      subMerchants: [],
    },
    lender,
  )
  return {
    byMchid: new Map([...byMchid, [merchant.mchid, merchant]]),
    apps: new Map([...apps, ...own.map((app): [string, App] => [app.appid, app])]),
  }
}
