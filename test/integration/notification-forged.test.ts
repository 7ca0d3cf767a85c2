import { describe, expect, test } from 'vitest'
import { expectNoTrace } from '../support/fingerprint.ts'
import { notificationStage, otherMerchant } from '../support/notification-stage.ts'
import { ours, signedHeaders, stranger, wechatCertificate } from '../support/wechatpay-peer.ts'

const stage = notificationStage()

describe('a notification that proves nothing is answered 401 and leaves no trace:', () => {
  const expectRefusal = async (send: () => ReturnType<typeof stage.send>) => {
    await expectNoTrace(stage.shop, async () =>
      expect(await send()).toEqual({ status: 401, body: { code: 'FAIL', message: '验签失败' } }),
    )
    expect(await stage.orderState()).toBe('pending')
  }

  const names = ['timestamp', 'nonce', 'serial', 'signature'].map((name) => `wechatpay-${name}`)
  test.each(names)('%s is missing, empty or doubled', async (name) => {
    const body = stage.seal(stage.paid())
    const headers = signedHeaders(body)
    const { [name]: value, ...rest } = headers
    await expectRefusal(() => stage.send(body, rest))
    await expectRefusal(() => stage.send(body, { ...headers, [name]: '' }))
    await expectRefusal(() => stage.send(body, { ...headers, [name]: [value!, value!] }))
    await expectRefusal(() => stage.send(body, { ...headers, [name]: `${value}, ${value}` }))
  })

  test.each<[string, (headers: Record<string, string>) => Record<string, string>]>([
    ['a nonce of another', (headers) => ({ ...headers, 'wechatpay-nonce': 'x'.repeat(32) })],
    [
      'a timestamp of another second',
      (headers) => ({
        ...headers,
        'wechatpay-timestamp': String(Number(headers['wechatpay-timestamp']) - 1),
      }),
    ],
    ['a timestamp that is none', (headers) => ({ ...headers, 'wechatpay-timestamp': '1e9' })],
    [
      'a probe that does not decode',
      (headers) => ({ ...headers, 'wechatpay-signature': 'WECHATPAY/SIGNTEST/x' }),
    ],
    [
      'a probe in the length of a signature',
      (headers) => ({ ...headers, 'wechatpay-signature': 'WECHATPAY/SIGNTEST/'.padEnd(342, 'A') + '==' }),
    ],
    [
      'a signature cut short',
      (headers) => ({ ...headers, 'wechatpay-signature': headers['wechatpay-signature']!.slice(4) }),
    ],
    ['a serial that nobody knows', (headers) => ({ ...headers, 'wechatpay-serial': 'PUB_KEY_ID_0000' })],
    ['__proto__ for a serial', (headers) => ({ ...headers, 'wechatpay-serial': '__proto__' })],
    [
      'the serial of another merchant’s key',
      (headers) => ({ ...headers, 'wechatpay-serial': otherMerchant.signing.serial }),
    ],
    ['another type', (headers) => ({ ...headers, 'wechatpay-signature-type': 'WECHATPAY2-SM2-WITH-SM3' })],
  ])('%s', async (_what, change) => {
    const body = stage.seal(stage.paid())
    await expectRefusal(() => stage.send(body, change(signedHeaders(body))))
  })

  test('a body in which one bit differs', async () => {
    const body = Buffer.from(stage.seal(stage.paid()))
    const headers = signedHeaders(body)
    for (const at of [0, 40, Math.floor(body.length / 2), body.length - 1]) {
      const flipped = Buffer.from(body)
      flipped[at]! ^= 1
      await expectRefusal(() => stage.send(flipped, headers))
    }
    await expectRefusal(() => stage.send(body.subarray(0, -1), headers))
    await expectRefusal(() => stage.send('', headers))
  })

  test('a signature by our own key, by a stranger’s, by another merchant’s', async () => {
    const body = stage.seal(stage.paid())
    for (const key of [ours.privateKey, stranger.privateKey, wechatCertificate.privateKey])
      await expectRefusal(() => stage.send(body, signedHeaders(body, { key })))
  })

  test('the host, the address or the body claiming that no proof is needed', async () => {
    const body = stage.seal(stage.paid())
    const forged = signedHeaders(body, { key: stranger.privateKey })
    const claims: Record<string, string>[] = [
      { host: 'localhost' },
      { 'x-forwarded-for': '127.0.0.1' },
      { 'content-type': 'text/xml' },
    ]
    for (const claim of claims) await expectRefusal(() => stage.send(body, { ...forged, ...claim }))
  })

  test.each<[string, () => string]>([
    ['an empty body', () => ''],
    ['no JSON', () => 'OK'],
    ['XML with an entity', () => '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml>&e;</xml>'],
    ['no resource', () => JSON.stringify({ id: 'EV-1', event_type: 'TRANSACTION.SUCCESS' })],
    ['another algorithm', () => stage.seal(stage.paid()).replace('AEAD_AES_256_GCM', 'AEAD_SM4_GCM')],
    [
      'another associated text',
      () => stage.seal(stage.paid()).replace('"associated_data":"transaction"', '"associated_data":"x"'),
    ],
    ['a resource under another key', () => stage.seal(stage.paid(), { key: 'x'.repeat(32) })],
    ['a resource of another merchant', () => stage.seal(stage.paid({ mchid: otherMerchant.mchid }))],
  ])('signed, but with %s', async (_what, compose) => {
    const body = compose()
    await expectRefusal(() => stage.send(body, signedHeaders(body)))
  })

  test('good at another merchant’s address, or at nobody’s', async () => {
    const body = stage.seal(stage.paid())
    await expectRefusal(() => stage.send(body, signedHeaders(body), otherMerchant.mchid))
    await expectRefusal(() => stage.send(body, signedHeaders(body), '1900000077'))
    await expectRefusal(() => stage.send(body, signedHeaders(body), '__proto__'))
  })

  test('of another merchant, signed and sealed with its own keys, about our payment', async () => {
    const body = stage.seal(stage.paid({ mchid: otherMerchant.mchid }), { key: otherMerchant.apiV3Key })
    const own = signedHeaders(body, otherMerchant.signing)
    await expectRefusal(() => stage.send(body, own))
    expect((await stage.send(body, own, otherMerchant.mchid)).status).toBe(200)
    expect(await stage.orderState()).toBe('pending')
    expect(await stage.anomalies()).toMatchObject([{ kind: 'mismatch', particulars: { fields: ['mchid'] } }])
  })

  test.each([
    ['compressed', { 'content-encoding': 'gzip' }, 'x'],
    ['65 kB', {}, ' '.repeat(65 * 1024)],
  ])('one that is %s is not even read', async (_what, headers, padding) => {
    const body = stage.seal(stage.paid()) + padding
    await expectNoTrace(stage.shop, async () =>
      expect(await stage.send(body, { ...signedHeaders(body), ...headers })).toMatchObject({ status: 400 }),
    )
  })
})
