import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { closeRequest } from '../../server/channels/wechatpay/close.ts'
import { fitDescription } from '../../server/channels/wechatpay/description.ts'
import { isDefinite, normaliseCode } from '../../server/channels/wechatpay/error-codes.ts'
import { chinaTime, composePrepayBody, prepayRequest } from '../../server/channels/wechatpay/prepay.ts'
import { queryRequest } from '../../server/channels/wechatpay/query.ts'
import { createRequestBuilder } from '../../server/channels/wechatpay/request-builder.ts'
import { readTrade } from '../../server/channels/wechatpay/trade.ts'
import { anyText } from '../support/any-text.ts'
import { paidBody, snapshotOf } from '../support/wechatpay-peer.ts'

const builder = createRequestBuilder('1900000001')
const partner = snapshotOf({ mode: 'partner', subMchid: '1900000109' })
const partnerInSubApp = snapshotOf({
  mode: 'partner',
  subMchid: '1900000109',
  subAppid: 'wx7777777777777777',
})

describe('prepay', () => {
  test('a merchant sends exactly these bytes', () => {
    expect(composePrepayBody(builder, snapshotOf())).toBe(
      '{"appid":"wx8888888888888888","mchid":"1900000001","description":"明前龙井",' +
        '"out_trade_no":"021002611211830000ABCDEFGHJKM01","time_expire":"2026-11-21T18:30:00+08:00",' +
        '"notify_url":"https://shop.example/webhooks/wechatpay/1900000001",' +
        '"amount":{"total":2800,"currency":"CNY"},"payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}',
    )
  })

  test('the SDK and our stored text go to the same address with the same body', () => {
    const { appid, mchid, openid } = snapshotOf()
    const body = composePrepayBody(builder, snapshotOf())
    const drafted = builder.jsapi({ ...JSON.parse(body), appid, mchid, payer: { openid } })
    expect(prepayRequest(snapshotOf(), body)).toEqual(drafted)
  })

  test('a request that the SDK does not build is an error, not the one before it', () => {
    builder.query('021002611211830000ABCDEFGHJKM01')
    expect(() => builder.query('')).toThrow('built no request')
  })

  test('a partner without a sub-appid names the payer under its own appid', () => {
    expect(JSON.parse(composePrepayBody(builder, partner))).toEqual({
      sp_appid: 'wx8888888888888888',
      sp_mchid: '1900000001',
      sub_mchid: '1900000109',
      description: '明前龙井',
      out_trade_no: '021002611211830000ABCDEFGHJKM01',
      time_expire: '2026-11-21T18:30:00+08:00',
      notify_url: 'https://shop.example/webhooks/wechatpay/1900000001',
      amount: { total: 2800, currency: 'CNY' },
      payer: { sp_openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
    })
    expect(prepayRequest(partner, '').path).toBe('/v3/pay/partner/transactions/jsapi')
  })

  test("a partner with a sub-appid names the payer under the sub-merchant's appid", () => {
    const body = JSON.parse(composePrepayBody(builder, partnerInSubApp))
    expect(body).toMatchObject({ sub_appid: 'wx7777777777777777', payer: { sub_openid: partner.openid } })
    expect(body.payer).not.toHaveProperty('sp_openid')
  })

  test('a partner payment without a sub-merchant cannot be composed', () => {
    expect(() => composePrepayBody(builder, { ...partner, subMchid: null })).toThrow('needs a subMchid')
  })

  test('the same snapshot always gives the same bytes, with others composed in between', () => {
    fc.assert(
      fc.property(anyText(20), fc.integer({ min: 1, max: 1e9 }), (description, amountFen) => {
        const snapshot = snapshotOf({ description, amountFen })
        const first = composePrepayBody(builder, snapshot)
        composePrepayBody(builder, snapshotOf())
        queryRequest(builder, snapshot)
        expect(composePrepayBody(builder, snapshot)).toBe(first)
        expect(JSON.parse(first).amount.total).toBe(amountFen)
      }),
    )
  })

  test('times are printed in China whatever the time zone here, across midnight too', () => {
    expect(chinaTime(new Date('2026-12-31T16:00:00.999Z'))).toBe('2027-01-01T00:00:00+08:00')
    expect(new Date(chinaTime(new Date('2026-11-21T10:30:00Z'))).toISOString()).toBe(
      '2026-11-21T10:30:00.000Z',
    )
  })
})

describe('description', () => {
  test('is left alone when WeChat can take it', () => {
    expect(fitDescription('明前龙井 等 2 件')).toBe('明前龙井 等 2 件')
  })

  test('loses emoji, and what held them together, and nothing else', () => {
    expect(fitDescription('🍵龙井👨‍👩‍👧 ❤️ 𠮷茶')).toBe('龙井 ❤ 茶')
  })

  test.each([
    ['👩‍⚕️茶', '茶'],
    ['🍵\u0301茶', '茶'],
    ['1️⃣号茶', '1号茶'],
    ['\uD83C茶\uDF75', '茶'],
    ['\u0301茶', '茶'],
    ['茶\u200D', '茶'],
    ['茶\u{E0100}', '茶'],
    ['cafe\u0301', 'cafe\u0301'],
  ])('leaves nothing behind of what it cuts out of %j', (text, fitted) => {
    expect(fitDescription(text)).toBe(fitted)
  })

  test('keeps to one line', () => {
    expect(fitDescription('龙井\r\n\t茶\u0000')).toBe('龙井 茶')
  })

  test('is never empty', () => {
    expect(fitDescription('')).toBe('商品')
    expect(fitDescription('🍵')).toBe('商品')
  })

  test('is cut between characters as people see them', () => {
    expect(fitDescription('茶'.repeat(200))).toBe('茶'.repeat(42))
    expect(fitDescription(`${'a'.repeat(126)}e\u0301x`)).toBe('a'.repeat(126))
  })

  test('fits and needs at most three bytes a character, whatever comes in', () => {
    fc.assert(
      fc.property(anyText(400), (text) => {
        const fitted = fitDescription(text)
        expect(fitted.length).toBeGreaterThan(0)
        expect(Buffer.byteLength(fitted)).toBeLessThanOrEqual(127)
        expect(fitted.isWellFormed()).toBe(true)
        expect(fitted).not.toMatch(/[\p{C}\p{Variation_Selector}]|^\p{M}/u)
        expect([...fitted].every((character) => Buffer.byteLength(character) <= 3)).toBe(true)
      }),
    )
  })
})

describe('query and close', () => {
  test('a merchant asks and closes by number under its own mchid', () => {
    const path = '/v3/pay/transactions/out-trade-no/021002611211830000ABCDEFGHJKM01'
    expect(queryRequest(builder, snapshotOf())).toEqual({
      method: 'GET',
      path: `${path}?mchid=1900000001`,
      body: '',
    })
    const close = { method: 'POST', path: `${path}/close`, body: '{"mchid":"1900000001"}' }
    expect(closeRequest(builder, snapshotOf())).toEqual(close)
  })

  test('a partner names both merchants', () => {
    const path = '/v3/pay/partner/transactions/out-trade-no/021002611211830000ABCDEFGHJKM01'
    const query = { method: 'GET', path: `${path}?sp_mchid=1900000001&sub_mchid=1900000109`, body: '' }
    expect(queryRequest(builder, partner)).toEqual(query)
    const body = '{"sp_mchid":"1900000001","sub_mchid":"1900000109"}'
    expect(closeRequest(builder, partner)).toEqual({ method: 'POST', path: `${path}/close`, body })
  })

  test.each([
    '',
    'short',
    '../../../x',
    'AAAAAA?mchid=2',
    'AAAAAA/close',
    'AAAAAA%2e',
    '订单号订单号',
    'A'.repeat(33),
  ])('number %j never gets into a path', (outTradeNo) => {
    for (const snapshot of [snapshotOf({ outTradeNo }), { ...partner, outTradeNo }]) {
      expect(() => queryRequest(builder, snapshot)).toThrow('out_trade_no')
      expect(() => closeRequest(builder, snapshot)).toThrow('out_trade_no')
    }
  })
})

describe('trade', () => {
  test('amount is the total, not what was paid after coupons', () => {
    expect(readTrade(paidBody())).toEqual({
      outcome: 'paid',
      outTradeNo: '021002611211830000ABCDEFGHJKM01',
      mchid: '1900000001',
      appid: 'wx8888888888888888',
      subMchid: null,
      subAppid: null,
      openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
      transactionId: '4200001234202611211234567890',
      amountFen: 2800,
      currency: 'CNY',
      paidAt: new Date('2026-11-21T10:10:34Z'),
      refundedFen: null,
    })
  })

  test.each([
    ['SUCCESS', 'paid'],
    ['REFUND', 'paid-then-refunded'],
    ['NOTPAY', 'unpaid'],
    ['USERPAYING', 'unpaid'],
    ['CLOSED', 'closed'],
    ['REVOKED', 'closed'],
    ['PAYERROR', 'failed'],
  ])('trade_state %s is %s', (trade_state, outcome) => {
    expect(readTrade(paidBody({ trade_state }))?.outcome).toBe(outcome)
  })

  test.each(['', 'ACCEPT', 'success', 'constructor', '__proto__', null, 1, ['SUCCESS']])(
    'trade_state %j is not a trade',
    (trade_state) => {
      expect(readTrade(paidBody({ trade_state }))).toBeNull()
    },
  )

  test('while unpaid there is no money in it, whatever WeChat fills in', () => {
    const unpaid = readTrade(
      paidBody({ trade_state: 'NOTPAY', transaction_id: '', payer: {}, amount: { total: 1 } }),
    )
    expect(unpaid).toMatchObject({
      openid: null,
      transactionId: null,
      amountFen: null,
      currency: null,
      paidAt: null,
    })
  })

  test.each([1.5, 0, -1, '2800', null, 2 ** 53, undefined])('a total of %j is no amount', (total) => {
    expect(readTrade(paidBody({ amount: { total, currency: 'CNY' } }))).toMatchObject({
      outcome: 'paid',
      amountFen: null,
    })
  })

  test('a paid trade without its particulars is still paid, with nothing that could match a payment', () => {
    for (const nothing of [undefined, null, '', [], 1]) {
      const bare = { amount: nothing, payer: nothing, success_time: nothing, transaction_id: nothing }
      expect(readTrade(paidBody(bare))).toMatchObject({
        outcome: 'paid',
        openid: null,
        transactionId: null,
        amountFen: null,
        currency: null,
        paidAt: null,
      })
    }
  })

  const partnerBody = {
    ...paidBody({ mchid: undefined, appid: undefined }),
    sp_mchid: '1900000001',
    sp_appid: 'wx8888888888888888',
    sub_mchid: '1900000109',
    payer: { sp_openid: 'payer-at-provider', sub_openid: 'payer-at-sub-merchant' },
  }

  test('in partner mode mchid and appid are the provider’s and the payer goes by the sub-appid if there is one', () => {
    const own = { mchid: '1900000001', appid: 'wx8888888888888888', subMchid: '1900000109' }
    expect(readTrade(partnerBody)).toMatchObject({ ...own, subAppid: null, openid: 'payer-at-provider' })
    const sub = readTrade({ ...partnerBody, sub_appid: 'wx7777777777777777' })
    expect(sub).toMatchObject({ ...own, subAppid: 'wx7777777777777777', openid: 'payer-at-sub-merchant' })
  })

  test('arbitrary JSON never throws and never becomes a paid trade', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => readTrade(value) === null))
  })
})

describe('error codes', () => {
  test.each([
    ['ORDERPAID', 'ORDER_PAID'],
    ['ORDER_PAID', 'ORDER_PAID'],
    ['ORDERNOTEXIST', 'ORDER_NOT_EXIST'],
    ['ORDERCLOSED', 'ORDER_CLOSED'],
    ['NOAUTH', 'NO_AUTH'],
    ['NOTENOUGH', 'NOT_ENOUGH'],
    ['RULELIMIT', 'RULE_LIMIT'],
    ['ACCOUNTERROR', 'ACCOUNT_ERROR'],
    ['SYSTEMERROR', 'SYSTEM_ERROR'],
    ['BANKERROR', 'BANK_ERROR'],
    ['SOMETHING_NEW', 'SOMETHING_NEW'],
    ['constructor', 'constructor'],
  ])('%s is %s', (code, normal) => {
    expect(normaliseCode(code)).toBe(normal)
  })

  test('only a 4xx that is no request for patience settles the question', () => {
    expect(isDefinite(400, 'PARAM_ERROR')).toBe(true)
    expect(isDefinite(404, 'ORDER_NOT_EXIST')).toBe(true)
    expect(isDefinite(429, 'ANYTHING')).toBe(false)
    expect(isDefinite(403, 'FREQUENCY_LIMITED')).toBe(false)
    expect(isDefinite(400, 'SYSTEM_ERROR')).toBe(false)
    expect(isDefinite(400, 'BANK_ERROR')).toBe(false)
    expect(isDefinite(500, 'OPENID_MISMATCH')).toBe(false)
    expect(isDefinite(302, 'PARAM_ERROR')).toBe(false)
  })
})
