import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createWechatpayChannel } from '../../server/channels/wechatpay/channel.ts'
import { InvalidNotification } from '../../server/payments/payment-channel.ts'
import {
  merchantOf,
  notificationBody,
  ours,
  paidBody,
  signedHeaders,
  snapshotOf,
  wechatCertificate,
  wechatKey,
} from '../support/wechatpay-peer.ts'
import type { Signing } from '../support/wechatpay-peer.ts'

const other = merchantOf({ mchid: '1900000002', publicKeys: [], apiV3Key: Buffer.from('Z'.repeat(32)) })
const channel = createWechatpayChannel({
  merchants: new Map([
    ['1900000001', merchantOf()],
    ['1900000002', other],
    ['1900000003', merchantOf({ mchid: '1900000003' })],
  ]),
  // Notifications come in; nothing may go out. The discard port answers nobody.
  hosts: ['http://127.0.0.1:9'],
})
afterAll(() => channel.disconnect())

const read = (message: unknown, signing: Signing = {}, merchant = '1900000001') => {
  const body = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))
  return channel.readNotification(merchant, signedHeaders(body, signing), body)
}
const reasonOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    if (error instanceof InvalidNotification) return error.reason
    throw error
  }
  return 'was taken'
}

test('a payment notification is verified, opened and put into our words', () => {
  const resource = JSON.stringify(paidBody())
  expect(read(notificationBody(resource))).toEqual({
    id: 'EV-2026112118103400001',
    eventType: 'TRANSACTION.SUCCESS',
    refund: null,
    resource,
    trade: {
      outcome: 'paid',
      outTradeNo: snapshotOf().outTradeNo,
      mchid: '1900000001',
      appid: 'wx8888888888888888',
      subMchid: null,
      subAppid: null,
      openid: snapshotOf().openid,
      transactionId: '4200001234202611211234567890',
      amountFen: 2800,
      currency: 'CNY',
      paidAt: new Date('2026-11-21T10:10:34Z'),
      refundedFen: null,
    },
  })
})

test('both keys are taken while WeChat moves a merchant from certificate to public key', () => {
  const old = { key: wechatCertificate.privateKey, serial: wechatCertificate.serial }
  expect(read(notificationBody(JSON.stringify(paidBody())), old).trade?.outcome).toBe('paid')
})

test('the bytes are verified as they came, however they are spelt', () => {
  const message = JSON.stringify(notificationBody(JSON.stringify(paidBody())), null, 3).replace(
    '支',
    '\\u652f',
  )
  expect(read(`${message}\r\n `).trade?.outcome).toBe('paid')
})

test('nothing unsigned is looked at', () => {
  const body = Buffer.from(JSON.stringify(notificationBody(JSON.stringify(paidBody()))))
  expect(reasonOf(() => channel.readNotification('1900000001', {}, body))).toContain('not signed')
  const { 'wechatpay-signature': _, ...rest } = signedHeaders(body)
  const probe = { ...rest, 'wechatpay-signature': 'WECHATPAY/SIGNTEST/abc' }
  expect(reasonOf(() => channel.readNotification('1900000001', probe, body))).toBe(
    'signature does not verify',
  )
})

test('yesterday’s notification proves nothing today', () => {
  const timestamp = String(Math.floor(Date.now() / 1000) - 86_400)
  expect(reasonOf(() => read(notificationBody(JSON.stringify(paidBody())), { timestamp }))).toContain(
    '5 minutes',
  )
})

test('a notification of one merchant is refused at the path of another', () => {
  const message = notificationBody(JSON.stringify(paidBody()))
  expect(reasonOf(() => read(message, {}, '1900000002'))).toContain('no key of this merchant')
  expect(reasonOf(() => read(message, {}, '1900000003'))).toContain('another merchant')
  expect(reasonOf(() => read(message, {}, '1900000004'))).toContain('no merchant of the configuration')
  expect(reasonOf(() => read(message, {}, '__proto__'))).toContain('no merchant of the configuration')
})

test('a signed notification that another APIv3 key sealed does not open', () => {
  expect(reasonOf(() => read(notificationBody('{}', { key: 'Y'.repeat(32) })))).toContain('does not open')
})

describe('a signed envelope', () => {
  const good = notificationBody(JSON.stringify(paidBody()))
  test.each([
    ['is not JSON', '<xml></xml>'],
    ['is empty', ''],
    ['is null', 'null'],
    ['has no id', { ...good, id: undefined }],
    ['has an empty id', { ...good, id: '' }],
    ['has no event type', { ...good, event_type: 1 }],
    ['has no resource', { ...good, resource: undefined }],
    ['names another algorithm', { ...good, resource: { ...good.resource, algorithm: 'AEAD_AES_128_GCM' } }],
    ['has a short nonce', { ...good, resource: { ...good.resource, nonce: 'abc' } }],
    ['has a nonce of bytes', { ...good, resource: { ...good.resource, nonce: [1, 2, 3] } }],
    ['has a short cipher text', { ...good, resource: { ...good.resource, ciphertext: 'AAAA' } }],
    ['has other associated data', { ...good, resource: { ...good.resource, associated_data: 'refund' } }],
    ['has no associated data', { ...good, resource: { ...good.resource, associated_data: null } }],
  ])('that %s is refused', (_, message) => {
    expect(reasonOf(() => read(message))).toMatch(/^signed, but not|does not open/)
  })
})

describe('what we do not know is kept as it is, without a trade:', () => {
  const kept = (resource: string, eventType?: string) => {
    const notification = read(notificationBody(resource, { eventType }))
    expect(notification.resource).toBe(resource)
    return notification.trade
  }

  test.each(['NOTPAY', 'CLOSED', 'REVOKED', 'USERPAYING', 'PAYERROR', 'ACCEPT', '', 'success'])(
    'a success in trade_state %j',
    (trade_state) => {
      expect(kept(JSON.stringify(paidBody({ trade_state })))).toBeNull()
    },
  )

  test.each(['REFUND.SUCCESS', 'TRANSACTION.PAYSCORE', 'transaction.success', 'MEDICAL_INSURANCE.SUCCESS'])(
    'an event %s, even around a paid trade',
    (eventType) => {
      expect(kept(JSON.stringify(paidBody()), eventType)).toBeNull()
    },
  )

  test('a resource that is no trade, no object or no JSON', () => {
    for (const resource of ['{"combine_out_trade_no":"X"}', '[]', 'null', '1e400', 'text', '{"a":']) {
      expect(kept(resource)).toBeNull()
    }
  })

  test('any JSON at all', () => {
    fc.assert(fc.property(fc.json(), (resource) => kept(resource) === null))
  })
})

test('a first notification in state REFUND was paid', () => {
  const trade = read(notificationBody(JSON.stringify(paidBody({ trade_state: 'REFUND' })))).trade
  expect(trade).toMatchObject({ outcome: 'paid-then-refunded', amountFen: 2800 })
})

test('a paid trade without a usable amount is handed on without one, so that it matches no payment', () => {
  const resource = JSON.stringify(paidBody({ amount: { total: '2800', currency: 'CNY' } }))
  expect(read(notificationBody(resource)).trade).toMatchObject({ outcome: 'paid', amountFen: null })
})

test('a provider’s notification for a sub-merchant belongs to the provider’s path', () => {
  const resource = paidBody({
    mchid: undefined,
    appid: undefined,
    sub_mchid: '1900000109',
    sp_appid: 'wx8888888888888888',
  })
  const of = (sp_mchid: string) =>
    notificationBody(JSON.stringify({ ...resource, sp_mchid, payer: { sp_openid: 'p' } }))
  expect(read(of('1900000001')).trade).toMatchObject({
    mchid: '1900000001',
    subMchid: '1900000109',
    openid: 'p',
  })
  expect(reasonOf(() => read(of('1900000009')))).toContain('another merchant')
})

test('no reason gives away what was inside', () => {
  const message = notificationBody(JSON.stringify(paidBody()))
  const reasons = [
    reasonOf(() => read(message, { key: ours.privateKey })),
    reasonOf(() => read(message, {}, '1900000003')),
    reasonOf(() => read({ ...message, id: undefined })),
    reasonOf(() => read(message, { serial: `${wechatKey.serial}9` })),
  ].join('\n')
  for (const secret of [
    snapshotOf().openid,
    snapshotOf().outTradeNo,
    message.resource.ciphertext,
    wechatKey.serial,
  ]) {
    expect(reasons).not.toContain(secret)
  }
})
