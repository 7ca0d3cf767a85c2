import { createPublicKey, createVerify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openAlipayMerchant } from '../support/alipay-merchant.ts'
import type { AlipayMerchant } from '../support/alipay-merchant.ts'
import { openSandbox } from '../support/sandbox-client.ts'
import type { SandboxClient } from '../support/sandbox-client.ts'
import { until } from '../support/until.ts'

const minuteMs = 60_000
let sandbox: SandboxClient
let merchant: AlipayMerchant
let shop: Server
let notifyUrl: string
/** What the shop answers, and the forms that it got. */
let answer: { status: number; text: string }
let forms: Record<string, string>[]
let count = 0

beforeAll(async () => {
  shop = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      forms.push(Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())))
      res.writeHead(answer.status).end(answer.text)
    })
  })
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  notifyUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/notify`
  sandbox = await openSandbox()
})
beforeEach(async () => {
  answer = { status: 200, text: 'success' }
  forms = []
  await sandbox.control('/reset', {})
  merchant = await openAlipayMerchant(sandbox)
})
afterAll(async () => {
  await sandbox.close()
  shop.closeAllConnections()
  await new Promise((resolve) => shop.close(resolve))
})

const orderOf = () => ({
  out_trade_no: `A${Date.now()}${(count += 1)}`,
  total_amount: '88.00',
  subject: '白瓷盖碗',
  product_code: 'QUICK_WAP_WAY',
})
const pay = (address: string, outcome = 'paid') =>
  sandbox.control('/pay', { alipayUrl: address, user: 'alice', outcome })
const paidOrder = async () => {
  const order = orderOf()
  await pay(merchant.address(order, { parameters: { notify_url: notifyUrl } }))
  return order
}
const arrived = (wanted: number) => until(async () => forms.length >= wanted)
const notification = async () => (await sandbox.control('/notifications')).body.notifications[0]

/** Signed over all parameters but these two, sorted: https://opendocs.alipay.com/open/203/105286 */
function isSigned(form: Record<string, string>): boolean {
  const text = Object.keys(form)
    .filter((name) => name !== 'sign' && name !== 'sign_type')
    .toSorted()
    .map((name) => `${name}=${form[name]}`)
    .join('&')
  const key = createPublicKey(merchant.app.alipayPublicKeyPem)
  return createVerify('RSA-SHA256').update(text).verify(key, form['sign']!, 'base64')
}

describe('answers', () => {
  test('are signed over the bytes of their node, refusals too', async () => {
    const order = await paidOrder()
    const query = await merchant.ask('alipay.trade.query', { out_trade_no: order.out_trade_no })
    const refused = await merchant.ask('alipay.trade.query', { out_trade_no: 'nobody' })
    expect([query.isSigned, refused.isSigned]).toEqual([true, true])
    expect(query.headers.get('content-type')).toBe('text/html;charset=utf-8')
  })

  test('to an app that nobody has are not signed', async () => {
    const refused = await merchant.ask(
      'alipay.trade.query',
      {},
      { parameters: { app_id: '2021000000000099' } },
    )
    expect(refused.text).not.toContain('"sign"')
  })

  test('escape every slash, so that only the raw bytes verify', async () => {
    const {
      text,
      body,
      isSigned: verifies,
    } = await merchant.ask('alipay.trade.precreate', {
      ...orderOf(),
      product_code: undefined,
    })
    expect(verifies).toBe(true)
    expect(text).toContain('http:\\/\\/')
    expect(body.qr_code).toMatch(/^http:\/\//)
  })

  test('to what no merchant would send are refusals, never faults', async () => {
    const send = async (init: RequestInit, query = '') =>
      (await fetch(`${sandbox.url}/gateway.do${query}`, { method: 'POST', ...init })).status
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const statuses = await Promise.all([
      send({}),
      send({ body: new Uint8Array([0xff, 0xfe]), headers: form }),
      send({ body: 'a'.repeat(200_000), headers: form }),
      send({ body: 'app_id=1&app_id=2', headers: form }),
      send({ body: '__proto__=1&method=constructor', headers: form }),
      send({}, '?%'),
      send({}, `?app_id=${merchant.app.appId}&method=hasOwnProperty`),
    ])
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200])
  })
})

describe('a trade', () => {
  test('begins with its buyer, closes itself at its expiry, and its address is dead then', async () => {
    const order = orderOf()
    const address = merchant.address({ ...order, timeout_express: '5m' })
    const status = async () =>
      (await merchant.ask('alipay.trade.query', { out_trade_no: order.out_trade_no })).body
    expect(await status()).toMatchObject({ sub_code: 'ACQ.TRADE_NOT_EXIST' })
    await pay(address, 'cancelled')
    expect(await status()).toMatchObject({ trade_status: 'WAIT_BUYER_PAY', receipt_amount: '0.00' })
    await sandbox.control('/clock', { advanceMs: 5 * minuteMs })
    expect(await status()).toMatchObject({ trade_status: 'TRADE_CLOSED' })
    expect((await status()).send_pay_date).toBeUndefined()
  })

  test('that was refunded in full is closed and still says when it was paid; the buyer has the money again', async () => {
    const { out_trade_no: outTradeNo } = await paidOrder()
    await merchant.ask('alipay.trade.refund', { out_trade_no: outTradeNo, refund_amount: '88.00' })
    const { body } = await merchant.ask('alipay.trade.query', { out_trade_no: outTradeNo })
    expect(body).toMatchObject({ trade_status: 'TRADE_CLOSED', send_pay_date: expect.any(String) })
    const { users } = (await sandbox.control('/users')).body
    expect(users[0]).toMatchObject({ id: 'alice', balanceFen: 10_000_000 })
  })

  test('a refund that never was is answered by its code alone, and its time only on request', async () => {
    const { out_trade_no: outTradeNo } = await paidOrder()
    const told = async (number: string, more = {}) =>
      (
        await merchant.ask('alipay.trade.fastpay.refund.query', {
          out_trade_no: outTradeNo,
          out_request_no: number,
          ...more,
        })
      ).body
    expect(await told('never')).toEqual({ code: '10000', msg: 'Success' })
    await merchant.ask('alipay.trade.refund', {
      out_trade_no: outTradeNo,
      refund_amount: '8.00',
      out_request_no: 'part',
    })
    expect(await told('part')).not.toHaveProperty('gmt_refund_pay')
    expect(await told('part', { query_options: ['gmt_refund_pay'] })).toHaveProperty('gmt_refund_pay')
  })
})

describe('notifications', () => {
  test('are signed forms that tell what was paid, and success ends them', async () => {
    const order = await paidOrder()
    await arrived(1)
    const [form] = forms
    expect(isSigned(form!)).toBe(true)
    expect(form).toMatchObject({
      app_id: merchant.app.appId,
      seller_id: merchant.app.sellerId,
      out_trade_no: order.out_trade_no,
      total_amount: '88.00',
      trade_status: 'TRADE_SUCCESS',
      sign_type: 'RSA2',
    })
    await until(async () => (await notification()).state === 'accepted')
    expect((await sandbox.control('/notifications')).body.pending).toBe(0)
  })

  test.each([
    ['another word', 200, 'SUCCESS'],
    ['success with something behind it', 200, 'success!'],
    ['success with another status', 500, 'success'],
  ])('%s is no success: they come again by the ladder, with the same notify_id', async (_, status, text) => {
    answer = { status, text }
    await paidOrder()
    for (const [index, minutes] of [4, 10, 10, 60, 120, 360, 900].entries()) {
      await until(async () => (await notification()).attemptCount === index + 1)
      await sandbox.control('/clock', { advanceMs: minutes * minuteMs })
    }
    await until(async () => (await notification()).state === 'given-up')
    expect(forms).toHaveLength(8)
    expect(new Set(forms.map((form) => form['notify_id'])).size).toBe(1)
  })

  test('wait once for others to overtake them and then go, though the rule stays', async () => {
    await sandbox.control('/clock', { frozen: true })
    await sandbox.control('/rules', { match: { api: 'alipay.notify' }, effect: { reorder: true } })
    await paidOrder()
    await until(async () => (await sandbox.control('/rules')).body.rules[0].struck === 1)
    expect(forms).toEqual([])
    await sandbox.control('/clock', { advanceMs: 3_000 })
    await arrived(1)
  })

  test('can be sent again by hand', async () => {
    await paidOrder()
    await until(async () => (await notification())?.state === 'accepted')
    await sandbox.control(`/notifications/${(await notification()).id}/resend`, {})
    await arrived(2)
  })
})

describe('what is kept', () => {
  test('trades, keys, purses and notifications under way outlive a restart', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-alipay-'))
    answer.text = 'later'
    const first = await openSandbox({ dataDir })
    merchant = await openAlipayMerchant(first)
    await first.control('/clock', { frozen: true })
    const address = merchant.address(orderOf(), { parameters: { notify_url: notifyUrl } })
    await first.control('/pay', { alipayUrl: address, user: 'alice' })
    await until(async () => (await first.control('/notifications')).body.notifications[0].attemptCount === 1)
    const ledger = (await first.control('/ledger')).body
    await first.close()
    const second = await openSandbox({ dataDir })
    expect((await second.control('/ledger')).body).toEqual(ledger)
    expect((await openAlipayMerchant(second)).app).toEqual(merchant.app)
    answer.text = 'success'
    await second.control('/clock', { advanceMs: 4 * minuteMs })
    await arrived(2)
    await until(async () => (await second.control('/notifications')).body.pending === 0)
    await second.close()
    rmSync(dataDir, { recursive: true })
  })

  test('a snapshot brings the trades back, and a reset forgets them', async () => {
    await paidOrder()
    const ledger = async () => (await sandbox.control('/ledger')).body
    const before = await ledger()
    const { id } = (await sandbox.control('/snapshot', {})).body
    await sandbox.control('/reset', {})
    expect((await ledger()).alipayTrades).toEqual([])
    await sandbox.control('/restore', { id })
    expect(await ledger()).toEqual(before)
  })
})
