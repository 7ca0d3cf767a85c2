import { AlipaySdk } from 'alipay-sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openReceiver, openSandbox } from '../support/sandbox-client.ts'
import type { Receiver, SandboxClient } from '../support/sandbox-client.ts'

/** alipay-sdk, written by Alipay's own people and unmodified, against the sandbox's gateway. */
const CHECKED = { validateSign: true }
let sandbox: SandboxClient
let receiver: Receiver
let sdk: AlipaySdk
let count = 0

beforeAll(async () => {
  sandbox = await openSandbox()
  receiver = await openReceiver()
  receiver.answerWith(200)
  const [app] = (await sandbox.control('/alipay')).body.apps
  sdk = new AlipaySdk({
    appId: app.appId,
    privateKey: app.appPrivateKeyPem,
    keyType: 'PKCS8',
    alipayPublicKey: app.alipayPublicKeyPem,
    gateway: `${sandbox.url}/gateway.do`,
  })
})
afterAll(async () => {
  await receiver.close()
  await sandbox.close()
})

const freshNumber = () => `SDK${Date.now()}${(count += 1)}`
const page = (outTradeNo: string, method = 'alipay.trade.wap.pay', productCode = 'QUICK_WAP_WAY') =>
  sdk.pageExecute(method, 'GET', {
    notifyUrl: receiver.url,
    returnUrl: 'http://shop.test/return',
    bizContent: { outTradeNo, totalAmount: '88.00', subject: '白瓷盖碗', productCode },
  })
const ask = (method: string, bizContent: object) => sdk.exec(method, { bizContent }, CHECKED)

describe('alipay-sdk', () => {
  test.each([
    ['alipay.trade.wap.pay', 'QUICK_WAP_WAY'],
    ['alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY'],
  ])('%s, its notification and the query are believed', async (method, productCode) => {
    const outTradeNo = freshNumber()
    const before = receiver.received.length
    const paid = await sandbox.control('/pay', {
      alipayUrl: page(outTradeNo, method, productCode),
      user: 'alice',
    })
    expect(paid.body).toEqual({ result: 'ok' })
    const [notification] = (await receiver.arrived(before + 1)).slice(before)
    const form = Object.fromEntries(new URLSearchParams(notification!.body.toString()))
    expect(form).toMatchObject({
      out_trade_no: outTradeNo,
      total_amount: '88.00',
      trade_status: 'TRADE_SUCCESS',
    })
    expect(sdk.checkNotifySignV2(form)).toBe(true)
    expect(sdk.checkNotifySignV2({ ...form, total_amount: '0.01' })).toBe(false)
    expect(await ask('alipay.trade.query', { outTradeNo })).toMatchObject({
      code: '10000',
      tradeStatus: 'TRADE_SUCCESS',
      totalAmount: '88.00',
    })
  })

  test('a part is refunded once, and told of', async () => {
    const outTradeNo = freshNumber()
    await sandbox.control('/pay', { alipayUrl: page(outTradeNo), user: 'alice' })
    const refund = { outTradeNo, refundAmount: '30.00', outRequestNo: 'part-1' }
    const first = await ask('alipay.trade.refund', refund)
    const again = await ask('alipay.trade.refund', refund)
    expect([first.fundChange, again.fundChange, again.refundFee]).toEqual(['Y', 'N', '30.00'])
    const told = await ask('alipay.trade.fastpay.refund.query', { outTradeNo, outRequestNo: 'part-1' })
    expect(told).toMatchObject({ refundStatus: 'REFUND_SUCCESS', refundAmount: '30.00' })
    await ask('alipay.trade.refund', { outTradeNo, refundAmount: '58.00', outRequestNo: 'part-2' })
    expect(await ask('alipay.trade.query', { outTradeNo })).toMatchObject({ tradeStatus: 'TRADE_CLOSED' })
  })

  test('a number whose cashier nobody opened does not exist, and one that waits can be closed', async () => {
    const outTradeNo = freshNumber()
    const address = page(outTradeNo)
    expect(await ask('alipay.trade.query', { outTradeNo })).toMatchObject({
      code: '40004',
      subCode: 'ACQ.TRADE_NOT_EXIST',
    })
    await sandbox.control('/pay', { alipayUrl: address, user: 'alice', outcome: 'cancelled' })
    expect(await ask('alipay.trade.query', { outTradeNo })).toMatchObject({ tradeStatus: 'WAIT_BUYER_PAY' })
    expect(await ask('alipay.trade.close', { outTradeNo })).toMatchObject({ code: '10000' })
    const late = await sandbox.control('/pay', { alipayUrl: address, user: 'alice' })
    expect(late.body).toMatchObject({ subCode: 'ACQ.TRADE_HAS_CLOSE' })
  })

  test('a QR code is made, scanned and paid', async () => {
    const outTradeNo = freshNumber()
    const { qrCode } = await ask('alipay.trade.precreate', { outTradeNo, totalAmount: 5, subject: '茶' })
    expect((await sandbox.control('/pay', { alipayUrl: qrCode, user: 'bob' })).body).toEqual({ result: 'ok' })
    expect(await ask('alipay.trade.query', { outTradeNo })).toMatchObject({ totalAmount: '5.00' })
  })

  test('an answer that was changed on the way is refused', async () => {
    await sandbox.control('/rules', {
      match: { api: 'alipay.trade.query', times: 1 },
      effect: { tamper: { sub_msg: '别的' } },
    })
    await expect(ask('alipay.trade.query', { outTradeNo: freshNumber() })).rejects.toThrow('验签失败')
  })
})
