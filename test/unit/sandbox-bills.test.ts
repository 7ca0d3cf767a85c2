import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { authorizationOf } from '../support/sandbox-client.ts'
import type { Reply } from '../support/sandbox-client.ts'
import { afterDay, askBill, download } from '../support/sandbox-rules/bill-requests.ts'
import { askRefund, partnerWish, part, wish } from '../support/sandbox-rules/refund-requests.ts'
import { HOUR_MS, MCHID } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

const DATE = '2031-05-06'
const stage = sandboxStage()
beforeEach(() => stage.sandbox.control('/clock', { at: `${DATE}T12:00:00+08:00`, frozen: true }))

const at = (time: string) => stage.sandbox.control('/clock', { at: `${DATE}T${time}+08:00` })

/** A payment of ¥88 at noon, and ¥8 of it given back at one. */
async function trades(): Promise<{
  outTradeNo: string
  refund: Record<string, string>
  transactionId: string
}> {
  const { outTradeNo, prepayId } = await stage.placed({ description: '茶,盖碗', attach: 'table\n4' })
  await stage.pay(prepayId)
  await at('13:00:00')
  const { body: refund } = await askRefund(stage, wish(stage, outTradeNo, part(800)))
  return { outTradeNo, refund, transactionId: refund.transaction_id }
}

/** The text of a bill once it is ready, with its hash checked. */
async function bill(
  query: Record<string, string> = {},
  kind = 'tradebill',
  mchid = MCHID,
): Promise<string[]> {
  await afterDay(stage, DATE, 10 * HOUR_MS)
  const answer = await askBill(stage, { bill_date: DATE, ...query }, { kind, mchid })
  expect(answer).toMatchObject({ status: 200 })
  const file = await download(stage, answer, mchid)
  expect(answer.body.hash_type).toBe('SHA1')
  expect(createHash('sha1').update(file.text).digest('hex')).toBe(answer.body.hash_value)
  return file.text.split('\r\n')
}

const alice = () => stage.sandbox.openid('alice', stage.miniAppid)
const row = (...cells: (string | string[])[]) =>
  cells
    .flat()
    .map((cell) => `\`${cell}`)
    .join(',')

describe('the trade bill', () => {
  test('ALL has a row for the payment and one for the refund, and their sums', async () => {
    const { outTradeNo, refund, transactionId } = await trades()
    const order = [transactionId, outTradeNo, alice(), 'JSAPI']
    const goods = ['茶,盖碗', 'table\\n4', '0.00000', '0.00%']
    const who = [stage.miniAppid, MCHID, '0', '']
    expect(await bill()).toEqual([
      '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注',
      row(
        `${DATE} 12:00:00`,
        [...who, ...order, 'SUCCESS', 'OTHERS', 'CNY', '88.00', '0.00'],
        ['0', '0', '0.00', '0.00', '', '', ...goods, '88.00', '0.00', ''],
      ),
      row(
        `${DATE} 13:00:00`,
        [...who, ...order, 'REFUND', 'OTHERS', 'CNY', '0.00', '0.00'],
        [refund['refund_id']!, refund['out_refund_no']!, '8.00', '0.00', 'ORIGINAL', 'SUCCESS'],
        [...goods, '0.00', '8.00', ''],
      ),
      '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额',
      row('2', '88.00', '8.00', '0.00', '0.00', '88.00', '8.00'),
      '',
    ])
  })

  test.each([
    ['SUCCESS', 20, row('1', '88.00', '0.00', '88.00')],
    ['REFUND', 29, row('1', '0.00', '8.00', '0.00', '0.00', '0.00', '8.00')],
  ])('%s has its own columns and only its own rows', async (type, columns, summary) => {
    await trades()
    const [header, first, , last, end] = await bill({ bill_type: type })
    expect([header!.split(',').length, first!.split(',`').length]).toEqual([columns, columns])
    expect([last, end]).toEqual([summary, ''])
  })

  test('shows a refund as it stood when the bill was written, whatever became of it', async () => {
    await stage.sandbox.control('/rules', { match: { api: 'refund' }, effect: { refundEnd: 'ABNORMAL' } })
    const { refund } = await trades()
    const before = await bill()
    expect(before[2]).toContain('`ABNORMAL')
    await stage.sandbox.call(
      MCHID,
      'POST',
      `/v3/refund/domestic/refunds/${refund['refund_id']}/apply-abnormal-refund`,
      { out_refund_no: refund['out_refund_no'], type: 'MERCHANT_BANK_CARD' },
    )
    await stage.advance(3_000)
    expect((await bill())[2]).toContain('`ABNORMAL')
  })

  test('of a partner names the sub-merchant, and another merchant has none of it', async () => {
    await partnerWish(stage)
    const [, first] = await bill({ sub_mchid: '1900000013' }, 'tradebill', '1900000003')
    expect(first).toContain('`1900000003,`1900000013,')
    expect((await askBill(stage, { bill_date: DATE })).body.code).toBe('NO_STATEMENT_EXIST')
  })
})

describe('the fund bill', () => {
  test('has every movement with the balance after it', async () => {
    const { transactionId, outTradeNo, refund } = await trades()
    await stage.sandbox.control('/transfers', { mchid: MCHID, amountFen: -5_000 })
    const [header, payment, back, withdrawal, sums, summary] = await bill({}, 'fundflowbill')
    expect(header!.split(',')).toHaveLength(11)
    const number = expect.stringMatching(/^\d{28,29}$/)
    const cells = (line: string | undefined) => line!.slice(1).split(',`')
    expect(cells(payment)).toEqual([
      `${DATE} 12:00:00`,
      transactionId,
      number,
      '交易',
      '交易',
      '收入',
      '88.00',
      '88.00',
      'system',
      '',
      outTradeNo,
    ])
    expect(cells(back).slice(3)).toEqual([
      '退款',
      '退款',
      '支出',
      '8.00',
      '80.00',
      `${MCHID}API`,
      '退款总金额8.00元;含手续费0.00元',
      refund['out_refund_no'],
    ])
    expect(cells(withdrawal).slice(3, 8)).toEqual(['提现', '提现', '支出', '50.00', '30.00'])
    expect(sums).toBe('资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额')
    expect(summary).toBe(row('3.0', '1.0', '88.00', '2.0', '58.00'))
  })

  test('goes on from the balance of the days before', async () => {
    await trades()
    await stage.sandbox.control('/clock', { at: '2031-05-07T12:00:00+08:00' })
    await stage.sandbox.control('/transfers', { mchid: MCHID, amountFen: 100 })
    await afterDay(stage, '2031-05-07', 10 * HOUR_MS)
    const answer = await askBill(stage, { bill_date: '2031-05-07' }, { kind: 'fundflowbill' })
    expect((await download(stage, answer)).text).toContain('`充值,`收入,`1.00,`81.00,')
  })
})

describe('the file', () => {
  const ready = async (query: Record<string, string> = {}): Promise<Reply> => {
    await trades()
    await afterDay(stage, DATE, 10 * HOUR_MS)
    return askBill(stage, { bill_date: DATE, ...query })
  }

  test('is text, at the address where the sandbox was asked, and unsigned', async () => {
    const answer = await ready()
    expect(answer.body.download_url).toMatch(`${stage.sandbox.url}/v3/billdownload/file?token=`)
    const file = await download(stage, answer)
    expect(file.headers.get('content-type')).toBe('text/plain')
    expect(file.headers.get('wechatpay-signature')).toBeNull()
  })

  test('comes by gzip when asked for; the hash is of the text', async () => {
    const answer = await ready({ tar_type: 'GZIP' })
    const { pathname, search } = new URL(answer.body.download_url)
    const authorization = authorizationOf(stage.sandbox.merchant(MCHID), 'GET', pathname + search, '')
    const file = await fetch(answer.body.download_url, { headers: { authorization } })
    expect(file.headers.get('content-type')).toBe('application/x-gzip')
    const text = gunzipSync(Buffer.from(await file.arrayBuffer()))
    expect(createHash('sha1').update(text).digest('hex')).toBe(answer.body.hash_value)
  })

  /** Asks for the day's bill with another request target and other headers than fetch sends. */
  async function askRaw(target: (path: string) => string, headers: Record<string, string>): Promise<string> {
    const path = `/v3/bill/tradebill?bill_date=${DATE}`
    const authorization = authorizationOf(stage.sandbox.merchant(MCHID), 'GET', path, '')
    const { hostname, port } = new URL(stage.sandbox.url)
    const sent = request({ hostname, port, path: target(path), headers: { authorization, ...headers } })
    sent.end()
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    return ((await json(answer)) as { download_url: string }).download_url
  }

  test.each([
    ['api.mch.weixin.qq.com', {}, 'https'],
    ['api2.mch.weixin.qq.com', {}, 'https'],
    ['pay.example.com', { 'x-forwarded-proto': 'https' }, 'https'],
    ['sandbox.mch.weixin.qq.com:4010', {}, 'http'],
  ])('asked for under %s with %o, has an address by %s', async (host, headers, scheme) => {
    await ready()
    const address = await askRaw((path) => path, { host, ...headers })
    expect(address).toMatch(`${scheme}://${host}/v3/billdownload/file?token=`)
  })

  test('can be asked for by clients that take the sandbox for their HTTP proxy', async () => {
    await ready()
    const address = await askRaw((path) => `http://api.mch.weixin.qq.com${path}`, {})
    expect(address).toMatch('https://api.mch.weixin.qq.com/v3/billdownload/file?token=')
  })

  test('needs a signature like any other call', async () => {
    const answer = await ready()
    expect((await fetch(answer.body.download_url)).status).toBe(401)
  })
})
