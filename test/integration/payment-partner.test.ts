import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Config } from '../../server/config/load-config.ts'
import { signIn } from '../support/customer.ts'
import { operatorOf, paidOrder } from '../support/operator.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { visit } from '../support/visitor.ts'

const partnerMchid = '1900000003'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await shop.restart(withPartner)
})
afterAll(() => shop.close())

/** The mini-program is a sub-merchant's own; its money is collected through a partner. */
function withPartner(config: Config): Config {
  const partner = shop.sandbox.merchant(partnerMchid)
  const sub = partner.subMerchants[0]!
  const app = sub.appids[0]!
  shop.appids['mini-program'] = app.appid
  return {
    ...config,
    merchants: [
      ...config.merchants,
      {
        mchid: partnerMchid,
        mode: 'partner',
        apiV3Key: partner.apiV3Key,
        certificates: [{ serialNo: partner.serialNo, privateKeyPem: partner.privateKeyPem }],
        publicKeys: [],
        platformCertificates: [
          { serialNo: partner.platformSerialNo, certificatePem: partner.platformCertificatePem },
        ],
      },
    ],
    entries: config.entries.map((entry) =>
      entry.kind === 'mini-program'
        ? {
            ...entry,
            mchid: partnerMchid,
            mode: 'partner',
            appid: partner.appids[0]!.appid,
            subMchid: sub.mchid,
            subAppid: app.appid,
            customerAppid: app.appid,
            appsecret: app.appsecret,
          }
        : entry,
    ),
  }
}

test('a customer of a sub-merchant signs in, pays and is notified under the sub-merchant’s own appid', async () => {
  const alice = await signIn(shop, 'alice')
  const order = await alice.order()
  const payment = await alice.pay(order.id)
  expect((await alice.pay(order.id)).id).toBe(payment.id)
  expect((await alice.cashier(await alice.launch(payment.id), 'paid')).body.result).toBe('ok')
  await until(async () => (await alice.result(order.id)).result === 'paid')
  const { body } = await shop.sandbox.control('/ledger')
  expect(body.trades).toMatchObject([
    { mchid: partnerMchid, subMchid: '1900000013', subAppid: alice.appid, payerOpenid: alice.openid },
  ])
})

test('a refund of a sub-merchant’s payment goes back through the partner, and its notification is believed', async () => {
  await shop.sandbox.control('/transfers', { mchid: '1900000013', amountFen: 1_000_000 })
  await shop.sandbox.control('/rules', { match: { api: 'refund-query' }, effect: { error: 'SYSTEM_ERROR' } })
  const { orderId, totalFen } = await paidOrder(await signIn(shop, 'alice'))
  const lin = operatorOf(shop)
  expect(await lin.refund(orderId)).toMatchObject({ state: 'processing', amountFen: totalFen })
  await shop.advance(6_000)
  const [refund] = await lin.refundsWhen(orderId, ['succeeded'])
  const { body } = await shop.sandbox.control('/ledger')
  expect(body.refunds).toMatchObject([
    { mchid: partnerMchid, subMchid: '1900000013', outRefundNo: refund!.id, amountFen: totalFen },
  ])
})

test('an entry that another merchant collects for by now takes no more money for the one before', async () => {
  const browser = await visit(shop, '04')
  const { id: orderId } = await browser.order()
  const first = await browser.pay(orderId)
  const partner = shop.sandbox.merchant(partnerMchid)
  await shop.restart((config) => ({
    ...config,
    entries: config.entries.map((entry) =>
      entry.code === '04'
        ? {
            ...entry,
            mchid: partnerMchid,
            mode: 'partner',
            appid: partner.appids[0]!.appid,
            subMchid: partner.subMerchants[0]!.mchid,
          }
        : entry,
    ),
  }))
  const second = await browser.pay(orderId)
  expect((await browser.pay(orderId)).id).toBe(second.id)
  const { payments } = await operatorOf(shop).order(orderId)
  expect(payments).toMatchObject([
    { id: second.id, mchid: partnerMchid, state: 'pending' },
    { id: first.id, mchid: '1900000001', state: 'closed' },
  ])
})
