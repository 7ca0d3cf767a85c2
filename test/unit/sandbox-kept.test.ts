import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openReceiver, openSandbox } from '../support/sandbox-client.ts'
import type { Receiver, SandboxClient } from '../support/sandbox-client.ts'
import { until } from '../support/until.ts'

/** What a data directory keeps over a restart. */
const MCHID = '1900000001'
let dataDir: string
let receiver: Receiver
let running: SandboxClient | null = null

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-kept-'))
  receiver = await openReceiver()
})
afterEach(async () => {
  await running?.close()
  running = null
  await receiver.close()
  rmSync(dataDir, { recursive: true })
})

async function start(): Promise<SandboxClient> {
  await running?.close()
  running = await openSandbox({ dataDir })
  return running
}

async function place(sandbox: SandboxClient, outTradeNo: string): Promise<string> {
  const { appid } = sandbox.merchant(MCHID).appids[1]!
  const { body } = await sandbox.call(MCHID, 'POST', '/v3/pay/transactions/jsapi', {
    appid,
    mchid: MCHID,
    description: '茶',
    out_trade_no: outTradeNo,
    notify_url: receiver.url,
    amount: { total: 100 },
    payer: { openid: sandbox.openid('alice', appid) },
  })
  return body.prepay_id
}

const journal = () => join(dataDir, 'journal.ndjson')

describe('with a data directory', () => {
  test('trades, prepays, purses, openids, keys and the clock outlive a restart', async () => {
    const first = await start()
    await first.control('/clock', { advanceMs: 3_600_000 })
    const paidId = await place(first, 'KEPT-PAID')
    const openId = await place(first, 'KEPT-OPEN')
    await first.control('/pay', { prepayId: paidId, user: 'alice' })
    const seen = async ({ control, url: _url }: SandboxClient) => ({
      ledger: (await control('/ledger')).body,
      users: (await control('/users')).body,
      merchants: (await control('/merchants')).body,
    })
    const before = await seen(first)
    const second = await start()
    expect(await seen(second)).toEqual(before)
    expect((await second.control('/clock')).body.offsetMs).toBeGreaterThan(3_599_000)
    expect((await second.control('/pay', { prepayId: openId, user: 'alice' })).body).toEqual({ result: 'ok' })
  })

  test('what was paid before a restart is not paid again after it', async () => {
    const first = await start()
    const prepayId = await place(first, 'KEPT-ONCE')
    await first.control('/pay', { prepayId, user: 'alice' })
    const second = await start()
    const again = await second.control('/pay', { prepayId, user: 'alice' })
    expect([again.status, again.body.errMsg]).toEqual([422, '该订单已支付'])
  })

  test('a notification that was not delivered goes on with its ladder', async () => {
    const first = await start()
    receiver.answerWith(500)
    await first.control('/clock', { frozen: true })
    await first.control('/pay', { prepayId: await place(first, 'KEPT-NOTIFY'), user: 'alice' })
    await until(async () => (await first.control('/notifications')).body.notifications[0].attemptCount === 1)
    const second = await start()
    expect((await second.control('/notifications')).body.pending).toBe(1)
    receiver.answerWith(204)
    await second.control('/clock', { advanceMs: 15_000 })
    const [before, after] = (await receiver.arrived(2)).map(({ body }) => JSON.parse(body.toString()).id)
    expect(after).toBe(before)
    await until(async () => (await second.control('/notifications')).body.pending === 0)
    expect(receiver.received).toHaveLength(2)
    expect((await (await start()).control('/notifications')).body.pending).toBe(0)
  })

  test('a last line that a crash cut short is forgotten, and nothing else', async () => {
    const first = await start()
    await place(first, 'KEPT-BEFORE')
    await first.close()
    running = null
    appendFileSync(journal(), '["trade",{"mchid":"19000')
    const second = await start()
    const { trades } = (await second.control('/ledger')).body
    expect(trades.map((trade: { outTradeNo: string }) => trade.outTradeNo)).toEqual(['KEPT-BEFORE'])
    await place(second, 'KEPT-AFTER')
    expect((await (await start()).control('/ledger')).body.trades).toHaveLength(2)
  })

  test('a payment that a crash cut short is there as a whole, or not at all', async () => {
    const first = await start()
    const prepayId = await place(first, 'KEPT-TORN')
    const before = readFileSync(journal(), 'utf8')
    await first.control('/pay', { prepayId, user: 'alice' })
    await first.close()
    running = null
    const [claim, payment] = readFileSync(journal(), 'utf8').slice(before.length).split('\n')
    for (const part of ['"person"', '"trade"', '"notification"']) expect(payment).toContain(part)
    writeFileSync(journal(), `${before}${claim}\n${payment!.slice(0, -10)}`)
    const second = await start()
    expect((await second.control('/users')).body.users[0].balanceFen).toBe(10_000_000)
    expect((await second.control('/ledger')).body.trades[0].tradeState).toBe('NOTPAY')
    expect((await second.control('/notifications')).body.pending).toBe(0)
  })

  test('a line in the middle that cannot be read stops the start, and says where', async () => {
    await place(await start(), 'KEPT-MIDDLE')
    await running!.close()
    running = null
    writeFileSync(journal(), `nonsense\n${readFileSync(journal(), 'utf8')}`)
    await expect(openSandbox({ dataDir })).rejects.toThrow(/journal\.ndjson line 1/)
  })

  test('the journal is compacted at start: one line an entity, however often it changed', async () => {
    const first = await start()
    const prepayId = await place(first, 'KEPT-COMPACT')
    await place(first, 'KEPT-COMPACT')
    await first.control('/pay', { prepayId, user: 'alice' })
    await until(async () => (await first.control('/notifications')).body.pending === 0)
    await start()
    const kinds = readFileSync(journal(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)[0])
    expect(kinds.filter((kind) => kind !== 'clock').toSorted()).toEqual([
      'person',
      'person',
      'prepay',
      'prepay',
      'trade',
    ])
  })

  test('a second sandbox that cannot have the port leaves the data of the first alone', async () => {
    const first = await start()
    await place(first, 'KEPT-FIRST')
    const port = Number(new URL(first.url).port)
    await expect(openSandbox({ dataDir, port })).rejects.toThrow('EADDRINUSE')
    await place(first, 'KEPT-LATER')
    expect((await (await start()).control('/ledger')).body.trades).toHaveLength(2)
  })

  test('one directory serves one sandbox at a time', async () => {
    await start()
    await expect(openSandbox({ dataDir })).rejects.toThrow(
      /is in use by another sandbox: stop it, or choose another/,
    )
    expect((await start()).url).toMatch(/^http/)
  })

  test('a directory of a release without the certificate-mode merchant gets one, and keeps the other keys', async () => {
    const first = await start()
    const { serialNo } = first.merchant(MCHID)
    await running!.close()
    running = null
    const file = join(dataDir, 'keys.json')
    const kept = JSON.parse(readFileSync(file, 'utf8'))
    kept.merchants = kept.merchants.filter(({ mchid }: { mchid: string }) => mchid !== '1900000004')
    writeFileSync(file, JSON.stringify(kept))
    const added = (await start()).merchant('1900000004').serialNo
    const again = await start()
    expect([again.merchant(MCHID).serialNo, again.merchant('1900000004').serialNo]).toEqual([serialNo, added])
  })

  test.skipIf(process.platform === 'win32')('keys and journal are for the owner only', async () => {
    await start()
    for (const name of ['keys.json', 'journal.ndjson']) {
      expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600)
    }
  })
})

test('without a data directory every start is a new world', async () => {
  const one = await openSandbox()
  const two = await openSandbox()
  expect(one.merchant(MCHID).serialNo).not.toBe(two.merchant(MCHID).serialNo)
  await one.close()
  await two.close()
})
