import { beforeAll, describe, expect, test } from 'vitest'
import type { Config } from '../../server/config/load-config.ts'
import type { Customer } from '../support/customer.ts'
import { aliceByAccount, moneyStage } from '../support/money-stage.ts'
import { mchid } from '../support/shop.ts'
import { until } from '../support/until.ts'

const secondMs = 1_000

const stage = moneyStage()
let official: Customer
beforeAll(async () => {
  official = await aliceByAccount(stage)
})

const weather = async (match: Record<string, unknown>, effect: object) => {
  expect(await stage.weather(match, effect)).toMatchObject({ status: 201 })
}
/** Somebody pays, and nobody has told us yet. */
async function payUnheard(customer: Customer) {
  const { id: orderId, totalFen } = await customer.order()
  const { id: paymentId } = await customer.pay(orderId)
  expect((await customer.cashier(await customer.launch(paymentId), 'paid')).body.result).toBe('ok')
  return { orderId, paymentId, totalFen }
}
const bookedAs = async (paymentId: string) =>
  (
    await stage.books.rows<{ state: string; kept: boolean; refunded_fen: string; paid_from: string }>(
      `select payments.state, kept, refunded_fen, evidence->>'from' as paid_from
       from payments join history on subject_no = out_trade_no and to_state = 'paid'
       where out_trade_no = $1`,
      [paymentId],
    )
  )[0]
const atWechat = async (outTradeNo: string) => {
  const { body } = await stage.shop.sandbox.control(`/ledger?outTradeNo=${outTradeNo}`)
  return { trade: body.trades[0], refunds: body.refunds }
}

describe('a payment of which a coupon paid a part', () => {
  test.each(['notification', 'query'])('settles as paid, first heard of by a %s', async (from) => {
    await weather({ api: 'pay' }, { couponFen: 500 })
    // Whichever of the two it is, the other one is silent.
    if (from === 'query') await weather({ api: 'notify' }, { lose: true })
    else await weather({ api: 'query' }, { error: 'SYSTEM_ERROR' })
    const { orderId, paymentId, totalFen } = await payUnheard(stage.alice)
    if (from === 'query') await stage.shop.advance(6 * secondMs)
    const booked = await until(() => bookedAs(paymentId))
    expect(booked).toMatchObject({ state: 'paid', kept: true, paid_from: from })
    expect((await stage.alice.result(orderId)).result).toBe('paid')
    await stage.clearWeather()
    const path = `/v3/pay/transactions/out-trade-no/${paymentId}?mchid=${mchid}`
    const { amount } = (await stage.shop.sandbox.call(mchid, 'GET', path)).body
    expect(amount).toMatchObject({ total: totalFen, payer_total: totalFen - 500 })
  })
})

describe('a payment whose first answer is REFUND', () => {
  test('settles as paid, and what went back is counted once WeChat tells how much it was', async () => {
    await weather({ api: 'notify' }, { lose: true })
    await weather({ api: 'refund-notify', times: 1 }, { lose: true })
    const { orderId, paymentId } = await payUnheard(stage.alice)
    const notifyUrl = `${stage.shop.url}/webhooks/wechatpay/${mchid}`
    await stage.shop.sandbox.control('/refunds', { mchid, outTradeNo: paymentId, amountFen: 100, notifyUrl })
    await stage.shop.advance(6 * secondMs)
    expect(await until(() => bookedAs(paymentId))).toMatchObject({
      state: 'paid',
      kept: true,
      paid_from: 'query',
    })
    expect((await stage.alice.result(orderId)).result).toBe('paid')
    await stage.shop.advance(20 * secondMs)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect(await bookedAs(paymentId)).toMatchObject({ state: 'paid', kept: true, refunded_fen: '100' })
  })
})

describe('the entry removed, WeChat’s certificate rotated, the server started anew', () => {
  const knowingCertificateAlone = (config: Config): Config => ({
    ...config,
    merchants: config.merchants.map((merchant) => ({ ...merchant, publicKeys: [] })),
  })
  const withoutEntryAndCertificate = (config: Config): Config => ({
    ...config,
    entries: config.entries.filter(({ code }) => code !== '01'),
    merchants: config.merchants.map((merchant) => ({ ...merchant, platformCertificates: [] })),
  })

  test('a late notification still settles, and a refund goes back to where the money came from', async () => {
    const before = stage.shop.config
    await stage.shop.sandbox.control('/keys/rotate', { mchid, to: 'certificate' })
    await stage.shop.restart(knowingCertificateAlone)
    await weather({ api: 'notify', times: 1 }, { lose: true })
    await weather({ api: 'query' }, { error: 'SYSTEM_ERROR' })
    const { orderId, paymentId, totalFen } = await payUnheard(official)

    await stage.shop.sandbox.control('/keys/rotate', { mchid, to: 'public-key', percent: 100 })
    await stage.shop.restart(() => withoutEntryAndCertificate(before))
    await stage.shop.advance(20 * secondMs)
    const booked = await until(() => bookedAs(paymentId))
    expect(booked).toMatchObject({ state: 'paid', kept: true, paid_from: 'notification' })

    const refund = await stage.lin.refund(orderId)
    expect(refund).toMatchObject({ paymentId, amountFen: totalFen })
    await stage.shop.advance(6 * secondMs)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    const { trade, refunds } = await atWechat(paymentId)
    expect(trade).toMatchObject({ appid: official.appid, mchid, tradeState: 'REFUND' })
    expect(refunds).toMatchObject([{ outRefundNo: refund.id, status: 'SUCCESS', amountFen: totalFen }])
    await stage.shop.restart(() => before)
  })
})
