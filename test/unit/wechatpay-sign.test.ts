import { createPublicKey } from 'node:crypto'
import { expect, test } from 'vitest'
import type { JsapiLaunch } from '../../contract/payment.ts'
import { createKeyRing } from '../../server/channels/wechatpay/key-ring.ts'
import { composeLaunch, launchText } from '../../server/channels/wechatpay/launch.ts'
import { authorize, freshNonce, requestText } from '../../server/channels/wechatpay/sign.ts'
import { isSignedBy } from '../../server/channels/wechatpay/verify.ts'
import type { PaymentSnapshot } from '../../server/payments/payment-channel.ts'
import { authorizationItems, isOurs, merchantOf, ours, snapshotOf } from '../support/wechatpay-peer.ts'
import type { SeenRequest } from '../support/wechatpay-peer.ts'
import { officialSample } from '../support/wechatpay-sample.ts'

const ring = createKeyRing(merchantOf())
const opening = (handle: string) => ({
  handle,
  goodUntil: new Date('2026-11-21T10:30:00Z'),
  returnUrl: 'https://shop.example/orders/1/return?status=1.a',
})
const jsapiLaunch = (snapshot: PaymentSnapshot, handle: string): JsapiLaunch => {
  const launch = composeLaunch(ring, snapshot, opening(handle))
  if (launch.way !== 'jsapi') throw new Error(`not jsapi: ${launch.way}`)
  return launch
}
const samplePublicKey = createPublicKey(officialSample.publicKeyPem)

test("the text under a request is the one under WeChat's published signature", () => {
  const { method, path, body, timestamp, nonce, signature } = officialSample.request
  const text = requestText({ method, path, body }, timestamp, nonce)
  expect(isSignedBy(samplePublicKey, Buffer.from(text), signature)).toBe(true)
})

test("the text under the cashier's parameters is the one under WeChat's published paySign", () => {
  const { appId, timeStamp, nonceStr, prepayId, paySign } = officialSample.launch
  const text = launchText(appId, timeStamp, nonceStr, `prepay_id=${prepayId}`)
  expect(isSignedBy(samplePublicKey, Buffer.from(text), paySign)).toBe(true)
})

test('a request carries the five items, signed with the first certificate over its exact bytes', () => {
  const body = '{"description":"龙井","odd": 1.0}'
  const path = '/v3/pay/transactions/jsapi?a=%E4%B8%AD'
  const now = () => Math.floor(Date.now() / 1000)
  const began = now()
  const authorization = authorize(ring, { method: 'POST', path, body })
  const ended = now()
  const request: SeenRequest = { method: 'POST', url: path, headers: { authorization }, body, connection: 1 }
  const items = authorizationItems(request)
  expect(authorization).toMatch(/^WECHATPAY2-SHA256-RSA2048 (\w+="[^"]+",?){5}$/)
  expect(items).toMatchObject({ mchid: '1900000001', serial_no: ours.serialNo })
  expect(Number(items.timestamp)).toBeGreaterThanOrEqual(began)
  expect(Number(items.timestamp)).toBeLessThanOrEqual(ended)
  expect(isOurs(request)).toBe(true)
  expect(isOurs({ ...request, body: `${body} ` })).toBe(false)
})

test('nonces are 32 hexadecimal digits and do not repeat', () => {
  const nonces = Array.from({ length: 1000 }, freshNonce)
  expect(new Set(nonces).size).toBe(1000)
  expect(nonces.every((nonce) => /^[0-9a-f]{32}$/.test(nonce))).toBe(true)
})

test('the cashier gets parameters signed for the appid it opens under', () => {
  const launch = jsapiLaunch(snapshotOf(), 'wx21183000000000abc')
  expect(launch).toMatchObject({
    appId: 'wx8888888888888888',
    package: 'prepay_id=wx21183000000000abc',
    signType: 'RSA',
  })
  expect(launch.timeStamp).toMatch(/^\d{10}$/)
  expect(launch.nonceStr).toMatch(/^[0-9a-f]{32}$/)
  const text = `${launch.appId}\n${launch.timeStamp}\n${launch.nonceStr}\n${launch.package}\n`
  expect(isSignedBy(ours.publicKey, Buffer.from(text), launch.paySign)).toBe(true)
})

test("in partner mode the cashier's appid is the sub-merchant's when the payment has one", () => {
  const partner = { mode: 'partner', subMchid: '1900000109' } as const
  const inSubApp = snapshotOf({ ...partner, subAppid: 'wx7777777777777777' })
  expect(jsapiLaunch(inSubApp, 'wx1').appId).toBe('wx7777777777777777')
  expect(jsapiLaunch(snapshotOf(partner), 'wx1').appId).toBe('wx8888888888888888')
})

test('a mini-program knows its own appid, so that it is signed and not handed over', () => {
  const launch = composeLaunch(ring, snapshotOf({ way: 'mini-program' }), opening('wx1'))
  expect(Object.keys(launch).toSorted()).toEqual(
    ['way', 'timeStamp', 'nonceStr', 'package', 'signType', 'paySign'].toSorted(),
  )
})

test('an h5_url goes on as it came, with the way back appended and encoded', () => {
  const h5 = snapshotOf({ way: 'h5', openid: null, payerIp: '203.0.113.9' })
  const given = 'https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx1&package=2'
  expect(composeLaunch(ring, h5, opening(given))).toEqual({
    way: 'h5',
    url: `${given}&redirect_url=https%3A%2F%2Fshop.example%2Forders%2F1%2Freturn%3Fstatus%3D1.a`,
  })
})

test('a code_url is shown until it ends', () => {
  const native = snapshotOf({ way: 'native-qr', openid: null })
  expect(composeLaunch(ring, native, opening('weixin://wxpay/bizpayurl?pr=1'))).toEqual({
    way: 'native-qr',
    codeUrl: 'weixin://wxpay/bizpayurl?pr=1',
    expiresAt: '2026-11-21T10:30:00.000Z',
  })
})
