import { afterEach, describe, expect, test, vi } from 'vitest'
import { decrypt, proofOf, proves } from '../support/sandbox-client.ts'
import type { Received } from '../support/sandbox-client.ts'
import { MCHID } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'
import { until } from '../support/until.ts'

const stage = sandboxStage()
afterEach(() => vi.useRealTimers())

interface Shown {
  id: string
  outTradeNo: string
  state: string
  nextAt: string | null
  attemptCount: number
  attempts: { at: string; verdict: string; status: number | null }[]
}

async function shown(outTradeNo: string): Promise<Shown> {
  const { notifications } = (await stage.sandbox.control('/notifications')).body as { notifications: Shown[] }
  return notifications.find((one) => one.outTradeNo === outTradeNo)!
}

/** The notification once so many attempts are over. */
const attempted = (outTradeNo: string, count: number) =>
  until(async () => {
    const one = await shown(outTradeNo)
    return one.attemptCount >= count && one
  })

async function paid(changes: Record<string, unknown> = {}): Promise<string> {
  const { outTradeNo, prepayId } = await stage.placed(changes)
  await stage.pay(prepayId)
  return outTradeNo
}

const rule = (effect: object, match: object = {}) =>
  stage.sandbox.control('/rules', { match: { api: 'notify', ...match }, effect })

function open(received: Received): { event: Record<string, string>; resource: Record<string, unknown> } {
  const { resource, ...event } = JSON.parse(received.body.toString())
  return { event, resource: JSON.parse(decrypt(stage.sandbox.merchant(MCHID).apiV3Key, resource)) }
}

/** Whether one of WeChat's keys proves it; which one, or null. */
function signerOf(received: Received): string | null {
  const proof = proofOf(received.headers)!
  const { publicKeyId, publicKeyPem, platformSerialNo, platformCertificatePem } =
    stage.sandbox.merchant(MCHID)
  const pem = { [publicKeyId]: publicKeyPem, [platformSerialNo]: platformCertificatePem }[proof.serial]
  return pem !== undefined && proves(proof, pem, received.body) ? proof.serial : null
}

describe('a notification', () => {
  test('is a signed POST whose resource, decrypted, is what a query answers', async () => {
    const outTradeNo = await paid({ attach: 'table 4' })
    const [received] = await stage.receiver.arrived(1)
    expect(signerOf(received!)).not.toBeNull()
    const { event, resource } = open(received!)
    expect(event).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      create_time: expect.stringMatching(/\+08:00$/),
      resource_type: 'encrypt-resource',
      event_type: 'TRANSACTION.SUCCESS',
      summary: '支付成功',
    })
    expect(JSON.parse(received!.body.toString()).resource).toMatchObject({
      original_type: 'transaction',
      algorithm: 'AEAD_AES_256_GCM',
      associated_data: 'transaction',
      nonce: expect.stringMatching(/^.{12}$/),
    })
    expect(resource).toEqual((await stage.query(outTradeNo)).body)
  })

  test('of a partner names partner and sub-merchant, and the payer under both appids', async () => {
    const { sandbox } = stage
    const partner = sandbox.merchant('1900000003')
    const sub = partner.subMerchants[0]!
    const [spAppid, subAppid] = [partner.appids[0]!.appid, sub.appids[0]!.appid]
    const who = { sp_appid: spAppid, sp_mchid: partner.mchid, sub_appid: subAppid, sub_mchid: sub.mchid }
    const { payer: _payer, appid: _appid, mchid: _mchid, ...order } = stage.order()
    const { body } = await sandbox.call(partner.mchid, 'POST', '/v3/pay/partner/transactions/jsapi', {
      ...order,
      ...who,
      payer: { sub_openid: sandbox.openid('alice', subAppid) },
    })
    const parameters = sandbox.launch(partner.mchid, subAppid, body.prepay_id)
    const { body: opened } = await sandbox.control('/cashier', {
      user: 'alice',
      appid: subAppid,
      ...parameters,
    })
    expect(opened.merchantName).toBe('巷口面馆')
    await sandbox.control(`/cashier/${opened.cashierId}`, { outcome: 'paid' })
    const [received] = await stage.receiver.arrived(1)
    const { resource } = JSON.parse(received!.body.toString())
    expect(JSON.parse(decrypt(partner.apiV3Key, resource))).toMatchObject({
      ...who,
      payer: {
        sp_openid: sandbox.openid('alice', spAppid),
        sub_openid: sandbox.openid('alice', subAppid),
      },
    })
    expect((await sandbox.control('/ledger')).body.balances).toEqual({ [sub.mchid]: 8_800 })
  })

  test.each([200, 204])('answered with %s is delivered, and not sent again', async (status) => {
    stage.receiver.answerWith(status)
    const outTradeNo = await paid()
    const one = await attempted(outTradeNo, 1)
    expect(one).toMatchObject({ state: 'accepted', nextAt: null, attemptCount: 1 })
  })

  test.each([201, 202, 302, 400, 500])('answered with %s is not delivered', async (status) => {
    stage.receiver.answerWith(status)
    const one = await attempted(await paid(), 1)
    expect(one).toMatchObject({ state: 'pending', attempts: [{ verdict: 'refused', status }] })
  })

  test('to an address where nobody listens is tried again', async () => {
    const one = await attempted(await paid({ notify_url: 'http://127.0.0.1:1/notify' }), 1)
    expect(one).toMatchObject({ state: 'pending', attempts: [{ verdict: 'unreachable', status: null }] })
  })

  test('that is not answered within five seconds has failed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    stage.receiver.answerWith(null)
    const outTradeNo = await paid()
    await vi.advanceTimersByTimeAsync(10)
    await stage.receiver.arrived(1)
    await vi.advanceTimersByTimeAsync(4_980)
    expect((await shown(outTradeNo)).attemptCount).toBe(0)
    await vi.advanceTimersByTimeAsync(20)
    vi.useRealTimers()
    expect((await attempted(outTradeNo, 1)).attempts).toMatchObject([{ verdict: 'timed out', status: null }])
  })

  test('climbs the whole ladder on the business clock, and is then given up', async () => {
    stage.receiver.answerWith(500)
    await stage.sandbox.control('/clock', { frozen: true })
    const outTradeNo = await paid()
    const waits: number[] = []
    for (let attempt = 1; attempt <= 15; attempt += 1) {
      const one = await attempted(outTradeNo, attempt)
      waits.push(Date.parse(one.nextAt!) - Date.parse(one.attempts.at(-1)!.at))
      await stage.advance(waits.at(-1)!)
    }
    const [second, minute, hour] = [1_000, 60_000, 3_600_000]
    expect(waits).toEqual([
      15 * second,
      15 * second,
      30 * second,
      3 * minute,
      10 * minute,
      20 * minute,
      30 * minute,
      30 * minute,
      30 * minute,
      hour,
      3 * hour,
      3 * hour,
      3 * hour,
      6 * hour,
      6 * hour,
    ])
    expect(await attempted(outTradeNo, 16)).toMatchObject({ state: 'given-up', nextAt: null })
    expect(stage.receiver.received).toHaveLength(16)
    const ids = new Set(stage.receiver.received.map((received) => open(received).event['id']))
    expect(ids.size).toBe(1)
  })

  test('waits while the clock is frozen a moment before it is due', async () => {
    stage.receiver.answerWith(500)
    await stage.sandbox.control('/clock', { frozen: true })
    const outTradeNo = await paid()
    await attempted(outTradeNo, 1)
    await stage.advance(14_999)
    // Another payment goes all the way through meanwhile: the sender was awake and left the first alone.
    await attempted(await paid(), 1)
    expect((await shown(outTradeNo)).attemptCount).toBe(1)
    await stage.advance(1)
    await attempted(outTradeNo, 2)
  })

  test('is sent again by hand, whatever became of it', async () => {
    const one = await attempted(await paid(), 1)
    await stage.sandbox.control(`/notifications/${one.id}/resend`, {})
    const received = await stage.receiver.arrived(2)
    expect(open(received[1]!).event['id']).toBe(one.id)
    expect((await attempted(one.outTradeNo, 2)).state).toBe('accepted')
    expect((await stage.sandbox.control('/notifications/unknown/resend', {})).status).toBe(404)
  })

  test('that was accepted, sent again and refused, climbs no ladder', async () => {
    await stage.sandbox.control('/clock', { frozen: true })
    const { id, outTradeNo } = await attempted(await paid(), 1)
    stage.receiver.answerWith(500)
    await stage.sandbox.control(`/notifications/${id}/resend`, {})
    expect(await attempted(outTradeNo, 2)).toMatchObject({ state: 'accepted', nextAt: null })
    expect((await stage.sandbox.control('/notifications')).body.pending).toBe(0)
  })

  test('that was on its way during a reset leaves no trace in the new world', async () => {
    await rule({ delayMs: 50 })
    await paid()
    await until(async () => (await stage.sandbox.control('/rules')).body.rules[0].struck === 1)
    await stage.sandbox.control('/reset', {})
    await stage.receiver.arrived(1)
    const second = await paid()
    await attempted(second, 1)
    const { notifications } = (await stage.sandbox.control('/notifications')).body
    expect(notifications.map((one: Shown) => one.outTradeNo)).toEqual([second])
  })

  test('is signed by either key in the percentage of the migration', async () => {
    const { publicKeyId, platformSerialNo } = stage.sandbox.merchant(MCHID)
    const signers = async (percent: number) => {
      await stage.sandbox.control('/keys/rotate', { mchid: MCHID, to: 'public-key', percent })
      stage.receiver.received.length = 0
      await Promise.all(Array.from({ length: 40 }, () => paid()))
      return new Set((await stage.receiver.arrived(40)).map(signerOf))
    }
    expect(await signers(0)).toEqual(new Set([platformSerialNo]))
    expect(await signers(100)).toEqual(new Set([publicKeyId]))
    expect(await signers(50)).toEqual(new Set([platformSerialNo, publicKeyId]))
  })
})

describe('weather on notifications', () => {
  test('lose: it is never sent, the attempt counts, and later attempts follow the same rule', async () => {
    await stage.sandbox.control('/clock', { frozen: true })
    await rule({ lose: true }, { times: 2 })
    const outTradeNo = await paid()
    expect(await attempted(outTradeNo, 1)).toMatchObject({
      state: 'pending',
      attempts: [{ verdict: 'lost by a rule' }],
    })
    await stage.advance(15_000)
    await attempted(outTradeNo, 2)
    expect(stage.receiver.received).toHaveLength(0)
    await stage.advance(15_000)
    expect((await attempted(outTradeNo, 3)).state).toBe('accepted')
  })

  test('duplicate: it arrives several times at once', async () => {
    await rule({ duplicate: 2 })
    await paid()
    const received = await stage.receiver.arrived(3)
    expect(new Set(received.map((one) => open(one).event['id'])).size).toBe(1)
  })

  test('dropAfter: the merchant took it, and WeChat did not hear', async () => {
    await rule({ dropAfter: true }, { times: 1 })
    const outTradeNo = await paid()
    await stage.receiver.arrived(1)
    expect((await attempted(outTradeNo, 1)).state).toBe('pending')
  })

  test('reorder: a later one overtakes it', async () => {
    await stage.sandbox.control('/clock', { frozen: true })
    await rule({ reorder: true }, { times: 1 })
    const first = await paid()
    const second = await paid()
    await stage.receiver.arrived(1)
    await stage.advance(3_000)
    const received = await stage.receiver.arrived(2)
    expect(received.map((one) => open(one).resource['out_trade_no'])).toEqual([second, first])
  })

  test('alter: WeChat itself says something else, properly encrypted and signed', async () => {
    await rule({ alter: { 'amount.total': 1, mchid: '1999999999' } })
    await paid()
    const [received] = await stage.receiver.arrived(1)
    expect(signerOf(received!)).not.toBeNull()
    expect(open(received!).resource).toMatchObject({
      mchid: '1999999999',
      amount: { total: 1, payer_total: 8_800 },
    })
  })

  test('tamper: somebody changed it on the way, and no key proves it', async () => {
    await rule({ tamper: { summary: '支付失败' } })
    await paid()
    const [received] = await stage.receiver.arrived(1)
    expect([signerOf(received!), JSON.parse(received!.body.toString()).summary]).toEqual([null, '支付失败'])
  })

  test.each(['corruptSignature', 'signtest', 'wrongSerial'])('%s: no key proves it', async (effect) => {
    await rule({ [effect]: true })
    await paid()
    const [received] = await stage.receiver.arrived(1)
    expect(signerOf(received!)).toBeNull()
    const { signature } = proofOf(received!.headers)!
    expect(signature.startsWith('WECHATPAY/SIGNTEST/')).toBe(effect === 'signtest')
  })

  test('staleMs: it is signed with an old timestamp, and the signature itself is right', async () => {
    await rule({ staleMs: 600_000 })
    await paid()
    const [received] = await stage.receiver.arrived(1)
    expect(Date.now() / 1_000 - Number(proofOf(received!.headers)!.timestamp)).toBeGreaterThanOrEqual(600)
    expect(signerOf(received!)).not.toBeNull()
  })

  test('a rule that cannot be carried out costs an attempt, not the sandbox', async () => {
    await stage.sandbox.control('/clock', { frozen: true })
    await rule({ alter: { list: [], 'list.length': -1 } }, { times: 1 })
    await paid()
    expect((await stage.sandbox.control('/notifications')).body.pending).toBe(1)
    await stage.advance(15_000)
    await stage.receiver.arrived(1)
  })
})
