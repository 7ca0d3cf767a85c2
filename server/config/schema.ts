import { z } from 'zod'
import { largestFen } from '../shared/fen.ts'
import { contentSecuritySchema } from './content-security.ts'
import { secretSchema } from './secret.ts'
import { shopSchema } from './shop.ts'
import { subscriberSchema } from './subscribers.ts'

const wechatId = z.string().regex(/^wx[0-9a-f]{16}$/, 'an appid is wx and 16 hexadecimal digits')
const serialNo = z.string().regex(/^[0-9A-Fa-f]{8,64}$/, 'a serial number is 8 to 64 hexadecimal digits')
const mchid = z.string().regex(/^[0-9]{8,10}$/, 'a mchid is 8 to 10 digits')

/** Who the money goes to. One merchant may serve several entries. */
const merchantSchema = z.strictObject({
  mchid,
  /** For whoever reads this file. */
  name: z.string().min(1),
  mode: z.enum(['merchant', 'partner']),
  /** Written by the demonstration; `npm run server` refuses it. */
  demo: z.boolean().default(false),
  apiV3Key: secretSchema,
  /** The first one signs; the others are kept until WeChat forgets them. */
  certificates: z.array(z.strictObject({ serialNo, privateKey: secretSchema })).min(1),
  publicKeys: z
    .array(
      z.strictObject({
        id: z.string().regex(/^PUB_KEY_ID_[0-9A-Za-z]+$/, 'is PUB_KEY_ID_ and letters or digits'),
        key: secretSchema,
      }),
    )
    .default([]),
  platformCertificates: z.array(z.strictObject({ serialNo, certificate: secretSchema })).default([]),
})

/** An app of Alipay's open platform, and whose money it takes. */
const alipayAppSchema = z.strictObject({
  appId: z.string().regex(/^[0-9]{16}$/, 'an app_id is 16 digits'),
  /** The seller's account (PID). */
  sellerId: z.string().regex(/^2088[0-9]{12}$/, 'a seller id is 2088 and 12 digits'),
  /** For whoever reads this file. */
  name: z.string().min(1),
  /** Written by the demonstration; `npm run server` refuses it. */
  demo: z.boolean().default(false),
  /** The app's own key. */
  privateKey: secretSchema,
  /** Alipay's key for this app (支付宝公钥), not the app's own public key. */
  alipayPublicKey: secretSchema,
})

/** Its code is for ever: it stands in every number that was made through it. */
const code = z.string().regex(/^[0-9]{2}$/, 'an entry code is two digits')

/** A door that WeChat Pay collects for. */
const wechatEntrySchema = z.strictObject({
  code,
  kind: z.enum(['official-account', 'mini-program', 'mobile-browser', 'pc-browser']),
  merchant: mchid,
  channel: z.literal('wechatpay'),
  /** Bound to the merchant. H5 pay and Native have no app of their own: the official account's does. */
  appid: wechatId,
  /** Of the app that customers are in: of subAppid when there is one, otherwise of appid. Only where they sign in. */
  appsecret: secretSchema.optional(),
  /** Partner mode: whom the money is for, and the appid its customers know. */
  subMchid: mchid.nullable().default(null),
  subAppid: wechatId.nullable().default(null),
})

/** The Alipay client, and Alipay's cashier for other browsers. */
const alipayEntrySchema = z.strictObject({
  code,
  kind: z.literal('alipay'),
  channel: z.literal('alipay'),
  /** An appId of alipayApps. */
  app: z.string(),
})

const entrySchema = z.discriminatedUnion('channel', [wechatEntrySchema, alipayEntrySchema])

/** Somebody of the shop, with a key to the operator's routes. */
const operatorSchema = z.strictObject({
  /** Stands in the history of what they did, e.g. "Lin". */
  name: z.string().min(1).max(40),
  token: secretSchema,
  /** The largest amount that this operator refunds, or takes off a price, without another operator. Without it: any. */
  refundLimitFen: z.int().min(0).max(largestFen).optional(),
  /** The same, all amounts of one day (UTC+8) together. */
  refundDailyLimitFen: z.int().min(0).optional(),
})

/** Where WeChat is asked who somebody is. */
const needsSecret = (kind: string) => kind === 'official-account' || kind === 'mini-program'

const url = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://shop.example.com' })
  .transform((text) => text.replace(/\/$/, ''))

export const configSchema = z
  .strictObject({
    /** Where customers and WeChat reach this server, e.g. "https://shop.example.com". */
    publicUrl: url.refine(
      (text) => !URL.canParse(text) || /^https?:\/\/[^/?#@]+$/i.test(text),
      'must be scheme and host alone, such as https://shop.example.com: pages and webhooks stand at the root of it',
    ),
    listen: z
      .strictObject({ host: z.string().default('127.0.0.1'), port: z.int().min(0).max(65535).default(3000) })
      .default({ host: '127.0.0.1', port: 3000 }),
    /** How long it goes on serving after SIGTERM while /readyz says 503: two looks of the load balancer, and an answer. */
    stopDelayMs: z.int().min(0).max(120_000).default(5_000),
    /** How many proxies stand in front and may be believed about the client's address. */
    trustedProxies: z.int().min(0).max(5).default(0),
    /** What the pages may load or send to besides our own, by directive of the content security policy. */
    contentSecurity: contentSecuritySchema.default({}),
    clock: z
      .union(
        [z.strictObject({ kind: z.literal('system') }), z.strictObject({ kind: z.literal('remote'), url })],
        'is for the demonstration; remove this field',
      )
      .default({ kind: 'system' }),
    /** The provider's own hosts unless the demonstration names others. */
    hosts: z
      .strictObject({
        wechatpay: z
          .array(url)
          .min(1)
          .default(['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com']),
        platform: url.default('https://api.weixin.qq.com'),
        oauth: url.default('https://open.weixin.qq.com'),
        alipay: url.default('https://openapi.alipay.com'),
      })
      .prefault({}),
    /** A JSON file of products; without it the catalogue stays as it is in the store. */
    catalogue: z.string().optional(),
    /** What customers are asked for beside the goods. An address brings a phone number. */
    shipping: z
      .array(
        z.enum(
          ['note', 'phone', 'address'],
          'must be note, phone or address; to ask for nothing leave shipping out',
        ),
      )
      .default([])
      .refine((fields) => new Set(fields).size === fields.length, 'names a field twice; leave one out')
      .refine(
        (fields) => !(fields.includes('phone') && fields.includes('address')),
        'an address has a phone number already; leave one of them out',
      ),
    /** How customers reach the shop, and its own pages. */
    shop: shopSchema.prefault({}),
    merchants: z.array(merchantSchema).min(1),
    alipayApps: z.array(alipayAppSchema).default([]),
    entries: z.array(entrySchema).min(1),
    /** Without any, nobody gets at the operator's routes. */
    operators: z.array(operatorSchema).default([]),
    subscribers: z.array(subscriberSchema).default([]),
  })
  .superRefine((config, context) => {
    const fault = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message })
    const mchids = config.merchants.map((merchant) => merchant.mchid)
    if (new Set(mchids).size < mchids.length) fault(['merchants'], 'two merchants have one mchid')
    const codes = config.entries.map((entry) => entry.code)
    if (new Set(codes).size < codes.length) fault(['entries'], 'two entries have one code')
    const names = config.operators.map((operator) => operator.name)
    if (new Set(names).size < names.length) fault(['operators'], 'two operators have one name')
    const subscribers = config.subscribers.map((subscriber) => subscriber.name)
    if (new Set(subscribers).size < subscribers.length)
      fault(['subscribers'], 'two subscribers have one name')
    config.merchants.forEach((merchant, i) => {
      if (merchant.publicKeys.length + merchant.platformCertificates.length === 0)
        fault(
          ['merchants', i],
          'needs a WeChat Pay public key or a platform certificate, or no answer can be verified',
        )
    })
    const appIds = config.alipayApps.map((app) => app.appId)
    if (new Set(appIds).size < appIds.length) fault(['alipayApps'], 'two apps have one appId')
    config.entries.forEach((entry, i) => {
      if (entry.channel === 'alipay') {
        if (!appIds.includes(entry.app)) fault(['entries', i, 'app'], 'names no app of alipayApps')
        return
      }
      const merchant = config.merchants.find((candidate) => candidate.mchid === entry.merchant)
      if (!merchant) fault(['entries', i, 'merchant'], 'names no merchant of this file')
      else if ((merchant.mode === 'partner') !== (entry.subMchid !== null))
        fault(['entries', i, 'subMchid'], 'is for a partner merchant, and only for it')
      if (needsSecret(entry.kind) !== (entry.appsecret !== undefined))
        fault(
          ['entries', i, 'appsecret'],
          needsSecret(entry.kind) ? 'is missing' : 'is not used where nobody signs in; remove it',
        )
      if (entry.subAppid && !entry.subMchid) fault(['entries', i, 'subAppid'], 'needs a subMchid')
    })
  })

export type ConfigFile = z.output<typeof configSchema>
