import { describe, expect, test } from 'vitest'
import { expectNoTrace, fingerprint, rowsOf } from '../support/fingerprint.ts'
import { notificationStage } from '../support/notification-stage.ts'
import { atOnce } from '../support/rounds.ts'
import { signedHeaders } from '../support/wechatpay-peer.ts'

const stage = notificationStage()

describe('a notification that WeChat signed', () => {
  test('pays the order; coupons do not matter', async () => {
    const answer = await stage.send(stage.seal(stage.paid()))
    expect(answer).toEqual({ status: 200, body: { code: 'SUCCESS', message: '成功' } })
    expect(await stage.orderState()).toBe('paid')
    expect(await stage.outcomes()).toEqual(['applied'])
  })

  test('changes nothing the second time, nor the hundredth', async () => {
    const body = stage.seal(stage.paid())
    const headers = signedHeaders(body)
    expect((await stage.send(body, headers)).status).toBe(200)
    await expectNoTrace(stage.shop, async () => {
      const again = await atOnce(() => stage.send(body, headers))
      expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]))
    })
  })

  test('that comes fifty times at once is stored once and settled once', async () => {
    const body = stage.seal(stage.paid())
    const answers = await atOnce(() => stage.send(body))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await stage.outcomes()).toEqual(['applied'])
    const steps = await rowsOf<{ order_id: string; event: string }>(stage.shop, 'history')
    const events = steps.filter((step) => step.order_id === stage.orderId).map(({ event }) => event)
    expect(events.toSorted()).toEqual(['created', 'paid', 'paid', 'placed', 'registered'])
  })

  test('is believed for five minutes before and after, and not longer', async () => {
    const at = (skewSeconds: number) => {
      const body = stage.seal(stage.paid(), { eventType: 'REFUND.SUCCESS' })
      return stage.send(
        body,
        signedHeaders(body, { timestamp: String(Math.floor(Date.now() / 1000) + skewSeconds) }),
      )
    }
    for (const skew of [-280, 280]) expect((await at(skew)).status).toBe(200)
    await expectNoTrace(stage.shop, async () => {
      for (const skew of [-302, 330, -86_400]) expect((await at(skew)).status).toBe(401)
    })
  })

  test.each([
    ['spaces', (text: string) => text.replaceAll('":', '" :  ')],
    ['a line feed at its end', (text: string) => `${text}\n`],
    ['escapes for its Chinese', (text: string) => text.replace('支付成功', '\\u652f\\u4ed8\\u6210\\u529f')],
  ])('is verified on its own bytes: %s in it do not matter', async (_what, change) => {
    const body = change(stage.seal(stage.paid()))
    expect((await stage.send(body)).status).toBe(200)
    expect(await stage.orderState()).toBe('paid')
    expect((await stage.send(body, signedHeaders(JSON.stringify(JSON.parse(body))))).status).toBe(401)
  })
})

describe('a notification of which PostgreSQL cannot keep every character', () => {
  test.each([
    ['half an emoji', '满减券\ud83d'],
    ['a NUL', '满减券\u0000'],
  ])('pays the order and is kept all but for it: %s', async (_what, name) => {
    expect((await stage.send(stage.seal(stage.paid({ promotion_detail: [{ name }] })))).status).toBe(200)
    expect(await stage.orderState()).toBe('paid')
    expect(await stage.outcomes()).toEqual(['applied'])
  })

  test.each([
    ['no JSON', '支付成功'],
    ['nested twenty thousand deep', '['.repeat(20_000) + ']'.repeat(20_000)],
  ])(
    'because it is %s is kept as it is, and an operator is shown that nobody understands it',
    async (_what, text) => {
      const isAbout = ({ particulars }: { particulars: unknown }) =>
        (particulars as { fields?: string[] }).fields?.includes('shape')
      const before = (await stage.anomalies('')).filter(isAbout)
      expect((await stage.send(stage.seal(text))).status).toBe(200)
      expect((await stage.anomalies('')).filter(isAbout)).toHaveLength(before.length + 1)
    },
  )
})

describe('a notification that is proven and fits nothing is kept for an operator and fulfils nothing:', () => {
  const money = (changes: object) => ({ amount: { ...stage.paid().amount, ...changes } })

  test.each<[string, () => object, string]>([
    ['a fen more', () => money({ total: 19_801 }), 'amountFen'],
    ['a fen less', () => money({ total: 19_799 }), 'amountFen'],
    ['what the customer paid after coupons', () => money({ total: 17_300 }), 'amountFen'],
    ['another currency', () => money({ currency: 'USD' }), 'currency'],
    ['the other entry’s appid', () => ({ appid: stage.shop.appids['official-account'] }), 'appid'],
    [
      'another payer',
      () => ({ payer: { openid: stage.shop.sandbox.openid('bob', stage.alice.appid) } }),
      'openid',
    ],
  ])('%s', async (_what, change, field) => {
    const answer = await stage.send(stage.seal(stage.paid(change() as Record<string, unknown>)))
    expect(answer.status).toBe(200)
    expect(await stage.orderState()).toBe('pending')
    expect(await stage.outcomes()).toEqual(['mismatch'])
    const anomalies = await stage.anomalies()
    expect(anomalies).toMatchObject([{ kind: 'mismatch', particulars: { fields: [field] } }])
    expect(JSON.stringify(anomalies)).not.toContain(stage.alice.openid)
  })

  test('the same mismatch again is one anomaly, and the right notification still pays', async () => {
    const wrong = stage.seal(stage.paid(money({ total: 1 })))
    for (let time = 0; time < 3; time += 1) expect((await stage.send(wrong)).status).toBe(200)
    expect(await stage.anomalies()).toHaveLength(1)
    expect((await stage.send(stage.seal(stage.paid()))).status).toBe(200)
    expect(await stage.orderState()).toBe('paid')
  })

  test.each([
    ['of our shape', '020100261121183000ABCDEFGHJKM01'.padEnd(32, '0')],
    ['that our numbers never have', 'order-of-another-system-7'],
  ])('a number %s that we do not know', async (_what, number) => {
    const before = await fingerprint(stage.shop)
    expect((await stage.send(stage.seal(stage.paid({ out_trade_no: number })))).status).toBe(200)
    expect(await stage.outcomes(number)).toEqual(['orphan'])
    expect(await stage.anomalies(number)).toMatchObject([{ kind: 'orphan' }])
    // The anomaly's own step stands in the history; nothing else moved.
    const { anomalies: _1, notifications: _2, history: _3, ...after } = await fingerprint(stage.shop)
    expect(before).toMatchObject(after)
  })

  test.each<[string, () => unknown, string | undefined]>([
    ['another event', () => stage.paid(), 'REFUND.SUCCESS'],
    ['a success that is not paid', () => stage.paid({ trade_state: 'NOTPAY' }), undefined],
    ['a state that nobody knows', () => stage.paid({ trade_state: 'MAYBE' }), undefined],
    ['no number', () => stage.paid({ out_trade_no: undefined }), undefined],
    ['a list', () => [stage.paid()], undefined],
    ['a bare number', () => 7, undefined],
  ])('%s', async (_what, compose, eventType) => {
    const before = await fingerprint(stage.shop)
    const answer = await stage.send(stage.seal(compose(), eventType ? { eventType } : {}))
    expect(answer.status).toBe(200)
    const { anomalies, notifications, history: _, ...after } = await fingerprint(stage.shop)
    expect(notifications).not.toBe(before.notifications)
    expect(anomalies).not.toBe(before.anomalies)
    expect(before).toMatchObject(after)
    expect(await stage.orderState()).toBe('pending')
  })

  test('what is told of a payment in a way that nobody knows is shown with that payment', async () => {
    await stage.send(stage.seal(stage.paid({ trade_state: 'MAYBE' })))
    expect(await stage.anomalies()).toMatchObject([
      { kind: 'mismatch', particulars: { fields: ['shape'], eventType: 'TRANSACTION.SUCCESS' } },
    ])
  })

  test.each([
    ['"198.00"'],
    ['19800.5'],
    ['-19800'],
    ['1e400'],
    ['null'],
    ['"19800"'],
    ['[19800]'],
    ['9007199254740993'],
  ])('an amount of %s', async (total) => {
    const text = JSON.stringify(stage.paid()).replace('"total":19800', `"total":${total}`)
    expect((await stage.send(stage.seal(text))).status).toBe(200)
    expect(await stage.orderState()).toBe('pending')
  })

  test('a transaction without its number or its time', async () => {
    for (const change of [
      { transaction_id: undefined },
      { transaction_id: '' },
      { success_time: undefined },
      { success_time: 'soon' },
    ]) {
      expect((await stage.send(stage.seal(stage.paid(change)))).status).toBe(200)
      expect(await stage.orderState()).toBe('pending')
    }
  })
})
