import { createPublicKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { createKeyRing } from '../../server/channels/wechatpay/key-ring.ts'
import { launchText, signLaunch } from '../../server/channels/wechatpay/launch.ts'
import { authorize, freshNonce, requestText } from '../../server/channels/wechatpay/sign.ts'
import { isSignedBy } from '../../server/channels/wechatpay/verify.ts'
import { authorizationItems, isOurs, merchantOf, ours, snapshotOf } from '../support/wechatpay-peer.ts'
import type { SeenRequest } from '../support/wechatpay-peer.ts'
import { officialSample } from '../support/wechatpay-sample.ts'

const ring = createKeyRing(merchantOf())
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
  const authorization = authorize(ring, { method: 'POST', path, body })
  const request: SeenRequest = { method: 'POST', url: path, headers: { authorization }, body, connection: 1 }
  const items = authorizationItems(request)
  expect(authorization).toMatch(/^WECHATPAY2-SHA256-RSA2048 (\w+="[^"]+",?){5}$/)
  expect(items).toMatchObject({ mchid: '1900000001', serial_no: ours.serialNo })
  expect(Math.abs(Number(items.timestamp) - Date.now() / 1000)).toBeLessThan(5)
  expect(isOurs(request)).toBe(true)
  expect(isOurs({ ...request, body: `${body} ` })).toBe(false)
})

test('nonces are 32 hexadecimal digits and do not repeat', () => {
  const nonces = Array.from({ length: 1000 }, freshNonce)
  expect(new Set(nonces).size).toBe(1000)
  expect(nonces.every((nonce) => /^[0-9a-f]{32}$/.test(nonce))).toBe(true)
})

test('the cashier gets parameters signed for the appid it opens under', () => {
  const launch = signLaunch(ring, snapshotOf(), 'wx21183000000000abc')
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
  expect(signLaunch(ring, inSubApp, 'wx1').appId).toBe('wx7777777777777777')
  expect(signLaunch(ring, snapshotOf(partner), 'wx1').appId).toBe('wx8888888888888888')
})
