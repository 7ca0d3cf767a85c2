import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSandbox } from '../../sandbox/sandbox.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { createWechatpayChannel } from '../../server/channels/wechatpay/channel.ts'
import type { WechatpayChannel } from '../../server/channels/wechatpay/channel.ts'
import { readWechatpayMerchant } from '../../server/channels/wechatpay/merchant.ts'
import type { PaymentSnapshot } from '../../server/payments/payment-channel.ts'

/** The channel and the sandbox's gateway were written apart; here they meet. */

interface SandboxMerchant {
  mchid: string
  serialNo: string
  privateKeyPem: string
  certificatePem?: string
  apiV3Key: string
  publicKeyId: string
  publicKeyPem: string
  platformSerialNo: string
  platformCertificatePem: string
  appids: { appid: string; kind: string }[]
  subMerchants: { mchid: string; appids: { appid: string; kind: string }[] }[]
}

let sandbox: Sandbox
let merchant: SandboxMerchant
let provider: SandboxMerchant
let openids: Record<string, string>
let webhook: Server
let channel: WechatpayChannel
let arrived: PromiseWithResolvers<{ headers: IncomingHttpHeaders; body: Buffer }>

const control = async <T>(path: string, body?: object): Promise<T> => {
  const headers = { 'content-type': 'application/json' }
  const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
  return (await (await fetch(`${sandbox.url}/_sandbox/${path}`, init)).json()) as T
}
const channelWith = (keys: { publicKey: boolean; certificate: boolean }, of = merchant): WechatpayChannel => {
  const publicKeys = [{ id: of.publicKeyId, publicKeyPem: of.publicKeyPem }]
  const platformCertificates = [{ serialNo: of.platformSerialNo, certificatePem: of.platformCertificatePem }]
  const read = readWechatpayMerchant({
    mchid: of.mchid,
    mode: of === provider ? 'partner' : 'merchant',
    certificates: [
      { serialNo: of.serialNo, privateKeyPem: of.privateKeyPem, certificatePem: of.certificatePem },
    ],
    apiV3Key: of.apiV3Key,
    publicKeys: keys.publicKey ? publicKeys : [],
    platformCertificates: keys.certificate ? platformCertificates : [],
  })
  return createWechatpayChannel({ merchants: new Map([[of.mchid, read]]), hosts: [sandbox.url] })
}

let numbers = 0
const snapshotIn = (kind: string): PaymentSnapshot => {
  const { appid } = merchant.appids.find((app) => app.kind === kind)!
  return {
    outTradeNo: `0210026112118300000WECHATPAY${String(++numbers).padStart(4, '0')}`,
    mode: 'merchant',
    mchid: merchant.mchid,
    appid,
    subMchid: null,
    subAppid: null,
    way: 'jsapi',
    openid: openids[appid]!,
    payerIp: null,
    amountFen: 2800,
    description: '明前龙井 🍵',
    expiresAt: new Date(Date.now() + 30 * 60_000),
    notifyUrl: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/webhooks/wechatpay/${merchant.mchid}`,
  }
}
/** Where a web page asks for the cashier, not a mini-program. */
const officialAccounts = () =>
  new Set(
    [merchant, provider, ...provider.subMerchants]
      .flatMap(({ appids }) => appids)
      .filter(({ kind }) => kind === 'official-account')
      .map(({ appid }) => appid),
  )
const pay = async (through: WechatpayChannel, snapshot: PaymentSnapshot, prepayId: string): Promise<void> => {
  const opening = { handle: prepayId, goodUntil: snapshot.expiresAt, returnUrl: 'https://shop.example/' }
  const launch = through.launch(snapshot, opening)
  const person = { user: 'alice', appid: snapshot.subAppid ?? snapshot.appid }
  const isAccount = officialAccounts().has(person.appid)
  const page = isAccount ? { page: 'https://shop.example/' } : {}
  const { cashierId } = await control<{ cashierId: string }>('cashier', { ...person, ...page, ...launch })
  expect(await control(`cashier/${cashierId}`, { outcome: 'paid' })).toMatchObject({ result: 'ok' })
}

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, localNotify: true })
  const { merchants } = await control<{ merchants: SandboxMerchant[] }>('merchants')
  const { users } = await control<{ users: { id: string; openids: Record<string, string> }[] }>('users')
  merchant = merchants.find(({ mchid }) => mchid === '1900000001')!
  provider = merchants.find(({ mchid }) => mchid === '1900000003')!
  openids = users.find(({ id }) => id === 'alice')!.openids
  arrived = Promise.withResolvers()
  webhook = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      arrived.resolve({ headers: request.headers, body: Buffer.concat(chunks) })
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve))
  channel = channelWith({ publicKey: true, certificate: true })
}, 30_000)
afterAll(async () => {
  channel.disconnect()
  await sandbox.close()
  await new Promise((resolve) => webhook.close(resolve))
})

test('a payment is placed, launched, paid, notified and found, all by the other side’s rules', async () => {
  const snapshot = snapshotIn('mini-program')
  const body = channel.composePrepay(snapshot)
  expect(await channel.query(snapshot)).toBeNull()
  const first = await channel.prepay(snapshot, body)
  const again = await channel.prepay(snapshot, body)
  expect(first).toMatch(/^wx/)
  expect(again).not.toBe(first)
  expect(await channel.query(snapshot)).toMatchObject({ outcome: 'unpaid', amountFen: null })
  await pay(channel, snapshot, again)
  const trade = await channel.query(snapshot)
  expect(trade).toMatchObject({
    outcome: 'paid',
    outTradeNo: snapshot.outTradeNo,
    mchid: snapshot.mchid,
    appid: snapshot.appid,
    openid: snapshot.openid,
    amountFen: 2800,
    currency: 'CNY',
  })
  expect(await channel.close(snapshot)).toBe('paid')
  const { headers, body: notification } = await arrived.promise
  const read = channel.readNotification(snapshot.mchid, headers, notification)
  expect(read).toMatchObject({ eventType: 'TRANSACTION.SUCCESS', trade })
})

test.each([
  ['public key', { publicKey: true, certificate: false }],
  ['platform certificate', { publicKey: false, certificate: true }],
])('with the %s alone a payment is placed, queried and closed', async (_, keys) => {
  const only = channelWith(keys)
  const snapshot = snapshotIn('official-account')
  const body = only.composePrepay(snapshot)
  expect(await only.prepay(snapshot, body)).toMatch(/^wx/)
  expect(await only.close(snapshot)).toBe('closed')
  expect(await only.close(snapshot)).toBe('closed')
  expect(await only.query(snapshot)).toMatchObject({ outcome: 'closed' })
  await expect(only.prepay(snapshot, body)).rejects.toMatchObject({ channelCode: 'ORDER_CLOSED' })
  only.disconnect()
})

test('a provider collects for a sub-merchant in its own app and in the sub-merchant’s', async () => {
  const partner = channelWith({ publicKey: false, certificate: true }, provider)
  const sub = provider.subMerchants[0]!
  const appid = provider.appids[0]!.appid
  const subAppid = sub.appids[0]!.appid
  const own = { mode: 'partner' as const, mchid: provider.mchid, appid, subMchid: sub.mchid }
  for (const app of [null, subAppid]) {
    const payer = { subAppid: app, openid: openids[app ?? appid]! }
    const snapshot: PaymentSnapshot = { ...snapshotIn('mini-program'), ...own, ...payer }
    expect(await partner.query(snapshot)).toBeNull()
    await pay(partner, snapshot, await partner.prepay(snapshot, partner.composePrepay(snapshot)))
    const { mode: _, ...ids } = own
    expect(await partner.query(snapshot)).toMatchObject({
      ...ids,
      ...payer,
      outcome: 'paid',
      amountFen: 2800,
    })
    expect(await partner.close(snapshot)).toBe('paid')
  }
  partner.disconnect()
})

test('the same number with another amount, and another appid’s openid, are definite refusals', async () => {
  const snapshot = snapshotIn('mini-program')
  await channel.prepay(snapshot, channel.composePrepay(snapshot))
  const dearer = channel.composePrepay({ ...snapshot, amountFen: 2801 })
  await expect(channel.prepay(snapshot, dearer)).rejects.toMatchObject({ channelCode: 'INVALID_REQUEST' })
  const crossed = { ...snapshotIn('mini-program'), openid: snapshotIn('official-account').openid }
  const refused = channel.prepay(crossed, channel.composePrepay(crossed))
  await expect(refused).rejects.toMatchObject({ kind: 'ChannelRefused', channelCode: 'PARAM_ERROR' })
})

test('a serial number that WeChat does not know leaves the outcome unknown and says where to look', async () => {
  const serialNo = 'AB12'
  const wrong = channelWith(
    { publicKey: true, certificate: true },
    { ...merchant, serialNo, certificatePem: undefined },
  )
  const reason = expect.stringContaining("check this merchant's API certificate serial number")
  await expect(wrong.query(snapshotIn('mini-program'))).rejects.toMatchObject({
    kind: 'ChannelUnknown',
    reason,
  })
  wrong.disconnect()
})
