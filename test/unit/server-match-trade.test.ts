import { describe, expect, test } from 'vitest'
import { differences } from '../../server/payments/match-trade.ts'
import type { ChannelTrade, PaymentSnapshot } from '../../server/payments/payment-channel.ts'
import { snapshotOf } from '../support/wechatpay-peer.ts'

const tradeOf = (payment: PaymentSnapshot): ChannelTrade => ({
  outcome: 'paid',
  outTradeNo: payment.outTradeNo,
  mchid: payment.mchid,
  appid: payment.appid,
  subMchid: payment.subMchid,
  subAppid: payment.subAppid,
  openid: payment.openid,
  transactionId: '4200001234202611211234567890',
  amountFen: payment.amountFen,
  currency: 'CNY',
  paidAt: new Date('2026-11-21T10:10:34Z'),
  refundedFen: null,
})
const merchant = snapshotOf()
const partner = snapshotOf({ mode: 'partner', subMchid: '1900000109', subAppid: 'wx7777777777777777' })

describe.each([
  ['a merchant’s', merchant],
  ['a partner’s', partner],
])('%s payment', (_what, payment) => {
  const trade = tradeOf(payment)

  test.each(['paid', 'paid-then-refunded', 'unpaid', 'closed', 'failed'] as const)(
    'is its own trade, %s',
    (outcome) => {
      expect(differences(payment, { ...trade, outcome })).toEqual([])
    },
  )

  test.each<[keyof ChannelTrade, unknown[]]>([
    ['outTradeNo', ['x']],
    ['mchid', ['1900000002']],
    ['appid', ['wx0000000000000000']],
    ['subMchid', ['1900000999', payment.subMchid === null ? '' : null]],
    ['subAppid', ['wx6666666666666666', payment.subAppid === null ? '' : null]],
  ])('differs in %s, paid or not', (field, values) => {
    for (const value of values)
      for (const outcome of ['paid', 'unpaid', 'closed'] as const)
        expect(differences(payment, { ...trade, outcome, [field]: value })).toEqual([field])
  })

  test.each<[keyof ChannelTrade, unknown[]]>([
    ['amountFen', [payment.amountFen + 1, payment.amountFen - 1, 0, null, String(payment.amountFen)]],
    ['currency', ['USD', 'cny', '', null]],
    ['openid', ['oUpF8uMuAJO_M2pxb1Q9zNjWeS60', '', null]],
    ['transactionId', ['', null]],
    ['paidAt', [null]],
  ])('that is paid differs in %s, and one that is not has none', (field, values) => {
    for (const value of values) {
      for (const outcome of ['paid', 'paid-then-refunded'] as const)
        expect(differences(payment, { ...trade, outcome, [field]: value })).toEqual([field])
      expect(differences(payment, { ...trade, outcome: 'unpaid', [field]: value })).toEqual([])
    }
  })

  test('tells every field that differs', () => {
    const other = { ...trade, mchid: 'x', amountFen: 1, openid: null }
    expect(differences(payment, other)).toEqual(['mchid', 'amountFen', 'openid'])
  })
})
