import { Aes, Formatter, Rsa, Wechatpay } from 'wechatpay-axios-plugin'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { axiosClient, KEY_MODES, type KeyMode } from '../support/axios-walker.ts'
import { openReceiver, openSandbox } from '../support/sandbox-client.ts'
import type { Receiver, SandboxClient } from '../support/sandbox-client.ts'

/**
 * The judge is a client written by others, unmodified: it signs by its own code, verifies every answer with status 2xx by
 * default, and checks the tag of what it decrypts.
 */
const MCHID = '1900000001'
let sandbox: SandboxClient
let receiver: Receiver

beforeAll(async () => {
  sandbox = await openSandbox()
  receiver = await openReceiver()
})
afterAll(async () => {
  await receiver.close()
  await sandbox.close()
})
afterEach(() => sandbox.control('/rules', undefined, 'DELETE'))

const client = (mode: KeyMode, mchid = MCHID): Wechatpay => axiosClient(sandbox, mode, mchid)

let count = 0
const freshNumber = () => `AX${Date.now()}${(count += 1)}`

function order(outTradeNo: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { appid } = sandbox.merchant(MCHID).appids[1]!
  return {
    appid,
    mchid: MCHID,
    description: '明前龙井 “礼盒” & <茶>',
    out_trade_no: outTradeNo,
    notify_url: receiver.url,
    amount: { total: 2_800, currency: 'CNY' },
    payer: { openid: sandbox.openid('alice', appid) },
    ...changes,
  }
}

const place = (wxpay: Wechatpay, body: object): Promise<{ status: number; data: { prepay_id: string } }> =>
  wxpay.chain('v3/pay/transactions/jsapi').post(body)
const query = (wxpay: Wechatpay, outTradeNo: string) =>
  wxpay.chain(`v3/pay/transactions/out-trade-no/${outTradeNo}`).get({ params: { mchid: MCHID } })
const close = (wxpay: Wechatpay, outTradeNo: string) =>
  wxpay.chain(`v3/pay/transactions/out-trade-no/${outTradeNo}/close`).post({ mchid: MCHID })

describe.each([...KEY_MODES])('wechatpay-axios-plugin with a %s', (mode) => {
  test('places an order, queries it, closes it, and accepts every signature on the way', async () => {
    const wxpay = client(mode)
    const outTradeNo = freshNumber()
    const placed = await place(wxpay, order(outTradeNo))
    expect(placed.status).toBe(200)
    expect(placed.data.prepay_id).toMatch(/^wx\d{14}[0-9a-f]{20}$/)
    const found = await query(wxpay, outTradeNo)
    expect(found.data).toMatchObject({ out_trade_no: outTradeNo, trade_state: 'NOTPAY' })
    const closed = await close(wxpay, outTradeNo)
    expect([closed.status, closed.data]).toEqual([204, ''])
    expect((await query(wxpay, outTradeNo)).data.trade_state).toBe('CLOSED')
  })

  test('signs paths with characters that need care the same way as the gateway reads them', async () => {
    const wxpay = client(mode)
    const outTradeNo = `${freshNumber()}_-*`
    await place(wxpay, order(outTradeNo))
    expect((await query(wxpay, outTradeNo)).data.out_trade_no).toBe(outTradeNo)
  })

  test.each(['corruptSignature', 'signtest', 'wrongSerial'])(
    'refuses an answer under weather %s',
    async (effect) => {
      const outTradeNo = freshNumber()
      await place(client(mode), order(outTradeNo))
      await sandbox.control('/rules', { match: { api: 'query', times: 1 }, effect: { [effect]: true } })
      await expect(query(client(mode), outTradeNo)).rejects.toThrow(
        /Verify the response|Cannot found the serial/,
      )
      expect((await query(client(mode), outTradeNo)).data.trade_state).toBe('NOTPAY')
    },
  )

  test('refuses a tampered answer, and believes the same change when WeChat itself signed it', async () => {
    const outTradeNo = freshNumber()
    await place(client(mode), order(outTradeNo))
    const changed = { trade_state: 'SUCCESS' }
    await sandbox.control('/rules', { match: { api: 'query', nth: 1 }, effect: { tamper: changed } })
    await sandbox.control('/rules', { match: { api: 'query', nth: 2 }, effect: { alter: changed } })
    await expect(query(client(mode), outTradeNo)).rejects.toThrow(/Verify the response/)
    expect((await query(client(mode), outTradeNo)).data.trade_state).toBe('SUCCESS')
  })

  test('refuses an answer that is older than five minutes', async () => {
    await sandbox.control('/rules', { match: { api: 'prepay', times: 1 }, effect: { staleMs: 301_000 } })
    await expect(place(client(mode), order(freshNumber()))).rejects.toThrow(/time offset/)
  })

  test('still verifies after the business clock jumped by three hours', async () => {
    const outTradeNo = freshNumber()
    await place(client(mode), order(outTradeNo))
    await sandbox.control('/clock', { advanceMs: 3 * 3_600_000 })
    expect((await query(client(mode), outTradeNo)).data.trade_state).toBe('NOTPAY')
  })
})

test('a client that knows only the other key refuses: the header chooses the key', async () => {
  const { publicKeyId } = sandbox.merchant(MCHID)
  const request = client('platform certificate')
    .chain('v3/pay/transactions/jsapi')
    .post(order(freshNumber()), { headers: { 'Wechatpay-Serial': publicKeyId } })
  await expect(request).rejects.toThrow(/Cannot found the serial/)
})

test('the plugin downloads the platform certificate, decrypts it, and it is the one that signs', async () => {
  const { data } = await client('platform certificate').chain('v3/certificates').get()
  const { nonce, associated_data: aad, ciphertext } = data.data[0].encrypt_certificate
  const pem = Aes.AesGcm.decrypt(ciphertext, sandbox.merchant(MCHID).apiV3Key, nonce, aad)
  expect(pem).toBe(sandbox.merchant(MCHID).platformCertificatePem)
  expect(data.data[0].serial_no).toBe(sandbox.merchant(MCHID).platformSerialNo)
})

test.each([
  ['platform certificate', 0],
  ['public key', 100],
] as const)('the plugin verifies a notification by %s and decrypts it', async (mode, percent) => {
  await sandbox.control('/keys/rotate', { mchid: MCHID, to: 'public-key', percent })
  const merchant = sandbox.merchant(MCHID)
  const outTradeNo = freshNumber()
  const placed = await place(client('platform certificate'), order(outTradeNo))
  const before = receiver.received.length
  await sandbox.control('/pay', { prepayId: placed.data.prepay_id, user: 'alice' })
  const { headers, body } = (await receiver.arrived(before + 1))[before]!
  const key = mode === 'public key' ? merchant.publicKeyPem : merchant.platformCertificatePem
  const serial = mode === 'public key' ? merchant.publicKeyId : merchant.platformSerialNo
  expect(headers['wechatpay-serial']).toBe(serial)
  const text = Formatter.response(
    String(headers['wechatpay-timestamp']),
    String(headers['wechatpay-nonce']),
    body.toString(),
  )
  const publicKey = Rsa.from(key, 'public')
  expect(Rsa.verify(text, String(headers['wechatpay-signature']), publicKey)).toBe(true)
  const { resource } = JSON.parse(body.toString())
  const clear = Aes.AesGcm.decrypt(
    resource.ciphertext,
    merchant.apiV3Key,
    resource.nonce,
    resource.associated_data,
  )
  expect(JSON.parse(clear)).toMatchObject({
    out_trade_no: outTradeNo,
    trade_state: 'SUCCESS',
    amount: { total: 2_800 },
  })
})

test("the plugin's paySign opens the cashier, and the paid order is found by both numbers", async () => {
  const wxpay = client('platform certificate')
  const outTradeNo = freshNumber()
  const { appid } = sandbox.merchant(MCHID).appids[1]!
  const placed = await place(wxpay, order(outTradeNo))
  const parameters = {
    timeStamp: String(Formatter.timestamp()),
    nonceStr: Formatter.nonce(),
    package: `prepay_id=${placed.data.prepay_id}`,
  }
  const text = Formatter.joinedByLineFeed(
    appid,
    parameters.timeStamp,
    parameters.nonceStr,
    parameters.package,
  )
  const paySign = Rsa.sign(text, Rsa.from(sandbox.merchant(MCHID).privateKeyPem, 'private'))
  const launched = await sandbox.control('/cashier', {
    user: 'alice',
    appid,
    ...parameters,
    signType: 'RSA',
    paySign,
  })
  expect(launched.body).toMatchObject({ amountFen: 2_800, merchantName: '桥付小店' })
  await sandbox.control(`/cashier/${launched.body.cashierId}`, { outcome: 'paid' })
  const { data: byNumber } = await query(wxpay, outTradeNo)
  expect(byNumber).toMatchObject({
    trade_state: 'SUCCESS',
    payer: { openid: sandbox.openid('alice', appid) },
  })
  const { data: byTransaction } = await wxpay
    .chain(`v3/pay/transactions/id/${byNumber.transaction_id}`)
    .get({ params: { mchid: MCHID } })
  expect(byTransaction).toEqual(byNumber)
})

test('in partner mode the plugin places, queries and closes for a sub-merchant', async () => {
  const partner = sandbox.merchant('1900000003')
  const wxpay = client('platform certificate', partner.mchid)
  const [sub] = partner.subMerchants
  const subAppid = sub!.appids[0]!.appid
  const outTradeNo = freshNumber()
  const who = { sp_mchid: partner.mchid, sub_mchid: sub!.mchid }
  const placed = await wxpay.chain('v3/pay/partner/transactions/jsapi').post({
    ...who,
    sp_appid: partner.appids[0]!.appid,
    sub_appid: subAppid,
    description: '牛肉面',
    out_trade_no: outTradeNo,
    notify_url: receiver.url,
    amount: { total: 1_900 },
    payer: { sub_openid: sandbox.openid('bob', subAppid) },
  })
  expect(placed.status).toBe(200)
  const path = `v3/pay/partner/transactions/out-trade-no/${outTradeNo}`
  const found = await wxpay.chain(path).get({ params: who })
  expect(found.data).toMatchObject({ ...who, trade_state: 'NOTPAY' })
  expect((await wxpay.chain(`${path}/close`).post(who)).status).toBe(204)
})

test('a merchant in public-key mode is answered by public key without asking, and has no platform certificate', async () => {
  const merchant = sandbox.merchant('1900000002')
  const wxpay = new Wechatpay({
    baseURL: `${sandbox.url}/`,
    mchid: merchant.mchid,
    serial: merchant.serialNo,
    privateKey: merchant.privateKeyPem,
    certs: { [merchant.publicKeyId]: merchant.publicKeyPem },
  } as ConstructorParameters<typeof Wechatpay>[0])
  const { appid } = merchant.appids[0]!
  const body = order(freshNumber(), {
    appid,
    mchid: merchant.mchid,
    payer: { openid: sandbox.openid('alice', appid) },
  })
  expect((await place(wxpay, body)).status).toBe(200)
  const refused = await wxpay
    .chain('v3/certificates')
    .get()
    .catch((error: { response: { status: number; data: unknown } }) => error.response)
  expect(refused.status).toBe(404)
  expect(refused.data).toMatchObject({ code: 'RESOURCE_NOT_EXISTS' })
})
