import { describe, expect, test } from 'vitest'
import { MCHID, MINUTE_MS } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'
import { until } from '../support/until.ts'

const stage = sandboxStage()

const rule = (match: object, effect: object) => stage.sandbox.control('/rules', { match, effect })
const clear = () => stage.sandbox.control('/rules', undefined, 'DELETE')
const query = async (outTradeNo: string) => (await stage.query(outTradeNo)).status

describe('a rule', () => {
  const strikes = async (count: number) => {
    const seen: number[] = []
    for (let index = 0; index < count; index += 1) seen.push((await stage.prepay()).status)
    return seen
  }
  const error = { status: 503, code: 'SERVICE_UNAVAILABLE' }

  test('strikes the nth time, or so many times, and other calls stay untouched', async () => {
    await rule({ api: 'prepay', nth: 2 }, { error })
    expect(await strikes(3)).toEqual([200, 503, 200])
    await clear()
    await rule({ api: 'prepay', times: 2 }, { error })
    expect(await strikes(3)).toEqual([503, 503, 200])
    expect((await stage.query((await stage.placed()).outTradeNo)).status).toBe(200)
  })

  test('with a probability and a seed strikes the same ones again', async () => {
    const run = async () => {
      await clear()
      await rule({ api: 'prepay', probability: 0.5, seed: 7 }, { error })
      return strikes(12)
    }
    const first = await run()
    expect(new Set(first)).toEqual(new Set([200, 503]))
    expect(await run()).toEqual(first)
  })

  test('with a ttl ends by business time', async () => {
    await rule({ api: 'prepay', ttl: 60_000 }, { error })
    expect(await strikes(1)).toEqual([503])
    await stage.advance(60_000)
    expect(await strikes(1)).toEqual([200])
  })

  test('strikes only the mchid, appid and outTradeNo that it names', async () => {
    const hit = stage.order()
    await rule({ mchid: '1900000002' }, { error })
    await rule({ appid: stage.officialAppid }, { error })
    await rule({ outTradeNo: hit['out_trade_no'] }, { error })
    expect(await strikes(1)).toEqual([200])
    expect((await stage.prepay(hit)).status).toBe(503)
  })

  test('marks the calls and attempts that it had a hand in, and no others', async () => {
    await rule({ api: 'prepay', times: 1 }, { error })
    await strikes(2)
    const { calls } = (await stage.sandbox.control('/calls?limit=2')).body
    expect(calls.map(({ byRule }: { byRule?: true }) => byRule)).toEqual([true, undefined])
    await rule({ api: 'notify', times: 1 }, { lose: true })
    const { prepayId, outTradeNo } = await stage.placed()
    await stage.pay(prepayId)
    const told = `/notifications?outTradeNo=${outTradeNo}`
    await until(async () => (await stage.sandbox.control(told)).body.notifications[0]?.attempts.length === 1)
    const { notifications } = (await stage.sandbox.control(told)).body
    expect(notifications[0].attempts[0]).toMatchObject({ verdict: 'lost by a rule', byRule: true })
  })

  test('is shown with how often it struck, and taken away by id', async () => {
    const { id } = (await rule({ api: 'prepay' }, { error: 'SYSTEM_ERROR' })).body
    await strikes(2)
    expect((await stage.sandbox.control('/rules')).body.rules).toMatchObject([{ id, matched: 2, struck: 2 }])
    await stage.sandbox.control(`/rules/${id}`, undefined, 'DELETE')
    expect(await strikes(1)).toEqual([200])
    const again = await stage.sandbox.control(`/rules/${id}`, undefined, 'DELETE')
    expect([again.status, again.body.message]).toEqual([404, expect.stringContaining('GET /_sandbox/rules')])
  })
})

describe('a limit of rate', () => {
  test('lets so many through in a window, refuses the rest, and opens again as time goes on', async () => {
    const { outTradeNo } = await stage.placed()
    await stage.sandbox.control('/clock', { frozen: true })
    await rule({ api: 'query', over: { count: 2, inMs: MINUTE_MS } }, { error: 'FREQUENCY_LIMITED' })
    const three = async () => [await query(outTradeNo), await query(outTradeNo), await query(outTradeNo)]
    expect(await three()).toEqual([200, 200, 429])
    await stage.advance(MINUTE_MS - 1)
    expect(await query(outTradeNo)).toBe(429)
    await stage.advance(1)
    expect(await three()).toEqual([200, 200, 429])
  })
})

describe('a close that comes too early', () => {
  test('is refused for five minutes after the order, and taken afterwards', async () => {
    await stage.sandbox.control('/clock', { frozen: true })
    await rule({ api: 'close' }, { refuseEarlyClose: true })
    const { outTradeNo } = await stage.placed()
    await stage.advance(5 * MINUTE_MS - 1)
    const refused = await stage.closeOrder(outTradeNo)
    expect([refused.status, refused.body.code]).toEqual([403, 'TRADE_ERROR'])
    expect((await stage.query(outTradeNo)).body.trade_state).toBe('NOTPAY')
    await stage.advance(1)
    expect((await stage.closeOrder(outTradeNo)).status).toBe(204)
  })
})

describe('a rule for an appid', () => {
  test('strikes calls that name only the order, too', async () => {
    const { outTradeNo } = await stage.placed()
    await rule({ api: 'query', appid: stage.miniAppid }, { error: 'SYSTEM_ERROR' })
    expect(await query(outTradeNo)).toBe(500)
    await clear()
    await rule({ api: 'query', appid: stage.officialAppid }, { error: 'SYSTEM_ERROR' })
    expect(await query(outTradeNo)).toBe(200)
  })
})

describe('rules with seeds', () => {
  /** What happened to twenty calls under two rules of chance, and how often each struck. */
  async function play(): Promise<unknown> {
    await stage.sandbox.control('/reset', {})
    await rule({ api: 'prepay', probability: 0.4, seed: 11 }, { error: 'SYSTEM_ERROR' })
    await rule({ probability: 0.3, seed: 12 }, { error: 'FREQUENCY_LIMITED' })
    const statuses: number[] = []
    for (let count = 0; count < 10; count += 1) {
      const order = stage.order()
      statuses.push((await stage.prepay(order)).status, await query(String(order['out_trade_no'])))
    }
    const { rules } = (await stage.sandbox.control('/rules')).body
    return [statuses, rules.map((one: { matched: number; struck: number }) => [one.matched, one.struck])]
  }

  test('replay the same run call by call', async () => {
    const first = await play()
    expect(await play()).toEqual(first)
    expect(new Set((first as number[][])[0])).toEqual(new Set([200, 404, 429, 500]))
  })
})

describe('a notification that is overtaken', () => {
  test('waits once and then goes, though the rule stays', async () => {
    await stage.sandbox.control('/clock', { frozen: true })
    const first = await stage.placed()
    await rule({ api: 'notify', outTradeNo: first.outTradeNo }, { reorder: true })
    await stage.pay(first.prepayId)
    await stage.pay((await stage.placed()).prepayId)
    await stage.receiver.arrived(1)
    await stage.advance(3_000)
    await stage.receiver.arrived(2)
    const { notifications } = (await stage.sandbox.control('/notifications')).body
    const ids = notifications.map(({ id }: { id: string }) => id)
    const arrived = stage.receiver.received.map(({ body }) => JSON.parse(body.toString()).id)
    expect(arrived).toEqual(ids.toReversed())
  })
})

describe('a bill in bad weather', () => {
  const DAY = '2026-03-04'
  /** The day's bill as a table, with its sums. */
  async function bill(): Promise<{ rows: Record<string, string>[]; sums: string }> {
    const path = `/v3/bill/tradebill?bill_date=${DAY}`
    const { body } = await stage.sandbox.call(MCHID, 'GET', path)
    const { pathname, search } = new URL(body.download_url)
    const { text } = await stage.sandbox.call(MCHID, 'GET', pathname + search)
    const [header, ...lines] = text.trimEnd().split('\r\n')
    const names = header!.split(',')
    const cells = (line: string) => line.slice(1).split(',`')
    const rows = lines.slice(0, -2).map((line) => {
      return Object.fromEntries(cells(line).map((cell, index) => [names[index]!, cell]))
    })
    return { rows, sums: cells(lines.at(-1)!).join(' ') }
  }

  /** Two payments of ¥88, the first with ¥8 given back. */
  async function day(): Promise<{ first: string; second: string }> {
    await stage.sandbox.control('/clock', { at: `${DAY}T12:00:00+08:00` })
    const [first, second] = [await stage.placed(), await stage.placed()]
    for (const { prepayId } of [first, second]) await stage.pay(prepayId)
    await stage.sandbox.control('/refunds', { mchid: MCHID, outTradeNo: first.outTradeNo, amountFen: 800 })
    await stage.sandbox.control('/clock', { at: '2026-03-05T10:00:00+08:00' })
    return { first: first.outTradeNo, second: second.outTradeNo }
  }
  const kindsOf = (rows: Record<string, string>[]) => rows.map((row) => row['交易状态'])

  test('lacks rows, has rows twice and other amounts, each where a rule says so, and adds up', async () => {
    const { first, second } = await day()
    expect((await bill()).sums).toBe('3 176.00 8.00 0.00 0.00 176.00 8.00')
    await rule({ api: 'bill-row', outTradeNo: first }, { lose: true })
    await rule({ api: 'bill-row', outTradeNo: second }, { duplicate: 1, alter: { 应结订单金额: '88.01' } })
    const { rows, sums } = await bill()
    expect(kindsOf(rows)).toEqual(['SUCCESS', 'SUCCESS', 'REFUND'])
    expect(rows.slice(0, 2).map((row) => [row['商户订单号'], row['应结订单金额']])).toEqual([
      [second, '88.01'],
      [second, '88.01'],
    ])
    expect(sums).toBe('3 176.02 8.00 0.00 0.00 176.00 8.00')
  })

  test('lacks a refund', async () => {
    await day()
    await rule({ api: 'bill-refund-row' }, { lose: true })
    const { rows, sums } = await bill()
    expect(kindsOf(rows)).toEqual(['SUCCESS', 'SUCCESS'])
    expect(sums).toBe('2 176.00 0.00 0.00 0.00 176.00 0.00')
  })
})

test.each([
  ['notify', { error: 'SYSTEM_ERROR' }, /effect\.error: does nothing at notify: there are delayMs, /],
  ['query', { lose: true }, /effect\.lose: does nothing at query/],
  ['query', { refuseEarlyClose: true }, /effect\.refuseEarlyClose/],
  ['bill-download', { alter: { hash: '' } }, /effect\.alter/],
])('a rule that would never do anything is refused: %s %j', async (api, effect, message) => {
  const answer = await rule({ api }, effect)
  expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(message)])
})
