import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { Aes, Rsa, type Wechatpay } from 'wechatpay-axios-plugin'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axiosClient, KEY_MODES, type KeyMode } from '../support/axios-walker.ts'
import { billedDay } from '../support/sandbox-rules/bill-requests.ts'
import { paidOrder, partnerWish, wish } from '../support/sandbox-rules/refund-requests.ts'
import { MCHID, openStage } from '../support/sandbox-rules/rule.ts'
import type { Stage } from '../support/sandbox-rules/rule.ts'

/** The judge is a client written by others: it signs, verifies every answer and encrypts by its own code. */
let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  // A refund ends when a test lets time go on, and not while one looks at it.
  await stage.sandbox.control('/clock', { frozen: true })
})
afterAll(() => stage.close())

const client = (mode: KeyMode, mchid = MCHID): Wechatpay => axiosClient(stage.sandbox, mode, mchid)

/** What the tests read of an answer. */
interface Answered {
  status: number
  data: Record<string, string>
}
const refunds = (wxpay: Wechatpay): { post(body: object): Promise<Answered> } =>
  wxpay.chain('v3/refund/domestic/refunds')
const found = (wxpay: Wechatpay, outRefundNo: unknown, params: object = {}) =>
  wxpay.chain(`v3/refund/domestic/refunds/${String(outRefundNo)}`).get({ params })

describe.each([...KEY_MODES])('wechatpay-axios-plugin with a %s', (mode) => {
  test('refunds an order, queries it until it succeeded, and hears why a second one is refused', async () => {
    const wxpay = client(mode)
    const outTradeNo = await paidOrder(stage)
    const body = wish(stage, outTradeNo)
    const { data: made } = await refunds(wxpay).post(body)
    expect(made).toMatchObject({ out_trade_no: outTradeNo, status: 'PROCESSING' })
    await stage.advance(3_000)
    const { data } = await found(wxpay, body['out_refund_no'])
    expect(data).toMatchObject({ refund_id: made['refund_id'], status: 'SUCCESS' })
    const refused = await refunds(wxpay)
      .post(wish(stage, outTradeNo))
      .catch((error: { response: Answered }) => error.response)
    expect([refused.status, refused.data['code']]).toEqual([400, 'INVALID_REQUEST'])
  })

  test('sends an abnormal refund to a card, its number and name encrypted by the plugin', async () => {
    const wxpay = client(mode)
    const merchant = stage.sandbox.merchant(MCHID)
    const byPublicKey = mode === 'public key'
    const pem = byPublicKey ? merchant.publicKeyPem : merchant.platformCertificatePem
    const key = Rsa.from(pem, 'public')
    const { data: made } = await refunds(wxpay).post(wish(stage, await paidOrder(stage)))
    await stage.sandbox.control(`/refunds/${made['refund_id']}`, { end: 'ABNORMAL' })
    const { data } = await wxpay
      .chain(`v3/refund/domestic/refunds/${made['refund_id']}/apply-abnormal-refund`)
      .post(
        {
          out_refund_no: made['out_refund_no'],
          type: 'USER_BANK_CARD',
          bank_type: 'ICBC_DEBIT',
          bank_account: Rsa.encrypt('6222020000001234567', key),
          real_name: Rsa.encrypt('小林', key),
        },
        { headers: { 'Wechatpay-Serial': byPublicKey ? merchant.publicKeyId : merchant.platformSerialNo } },
      )
    expect(data).toMatchObject({ status: 'PROCESSING', channel: 'OTHER_BANKCARD' })
  })
})

test('in partner mode the plugin refunds and queries for a sub-merchant', async () => {
  const wxpay = client('platform certificate', '1900000003')
  const body = await partnerWish(stage)
  const { data: made } = await refunds(wxpay).post(body)
  const { data } = await found(wxpay, body['out_refund_no'], { sub_mchid: body['sub_mchid'] })
  expect(data['refund_id']).toBe(made['refund_id'])
})

test('the plugin decrypts the notification of a refund', async () => {
  const outTradeNo = await paidOrder(stage)
  const body = wish(stage, outTradeNo, { notify_url: stage.receiver.url.replace('notify', 'refunded') })
  await refunds(client('platform certificate')).post(body)
  await stage.advance(3_000)
  const isRefund = ({ path }: { path: string }) => path === '/refunded'
  for (let seen = 1; !stage.receiver.received.some(isRefund); seen += 1) await stage.receiver.arrived(seen)
  const { resource } = JSON.parse(stage.receiver.received.find(isRefund)!.body.toString())
  const { apiV3Key } = stage.sandbox.merchant(MCHID)
  const clear = Aes.AesGcm.decrypt(resource.ciphertext, apiV3Key, resource.nonce, resource.associated_data)
  expect(JSON.parse(clear)).toMatchObject({ out_trade_no: outTradeNo, refund_status: 'SUCCESS' })
})

test.each([
  ['tradebill', {}],
  ['tradebill', { tar_type: 'GZIP' }],
  ['fundflowbill', {}],
])('the plugin asks for a %s %j, fetches the file, and its hash agrees', async (kind, query) => {
  const wxpay = client('platform certificate')
  const bill_date = await billedDay(stage)
  const { data }: Answered = await wxpay.chain(`v3/bill/${kind}`).get({ params: { bill_date, ...query } })
  const { pathname, searchParams } = new URL(data['download_url']!)
  const params = Object.fromEntries(searchParams)
  const file: { data: Buffer } = await wxpay
    .chain(pathname.slice(1))
    .get({ params, responseType: 'arraybuffer', transformResponse: [] })
  const text = 'tar_type' in query ? gunzipSync(file.data) : file.data
  expect(createHash('sha1').update(text).digest('hex')).toBe(data['hash_value'])
})
