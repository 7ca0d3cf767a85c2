import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createWechatpayChannel } from '../../server/channels/wechatpay/channel.ts'
import type { WechatpayChannel } from '../../server/channels/wechatpay/channel.ts'
import { ChannelRefused, ChannelUnknown } from '../../server/shared/errors.ts'
import {
  answerSigned,
  apiV3Key,
  authorizationItems,
  isOurs,
  merchantOf,
  ours,
  paidBody,
  signedHeaders,
  snapshotOf,
  startPeer,
  stranger,
  wechatCertificate,
  wechatKey,
} from '../support/wechatpay-peer.ts'
import type { Answerer, Peer, Signing } from '../support/wechatpay-peer.ts'

let peer: Peer
let channel: WechatpayChannel
let byCertificate: WechatpayChannel
const logged: unknown[][] = []
const log = {
  info: (...line: unknown[]) => void logged.push(line),
  warn: (...line: unknown[]) => void logged.push(line),
}
const snapshot = snapshotOf()

beforeAll(async () => {
  peer = await startPeer()
  const register = (changes = {}) => new Map([['1900000001', merchantOf(changes)]])
  channel = createWechatpayChannel({ merchants: register(), hosts: [peer.url], log })
  byCertificate = createWechatpayChannel({ merchants: register({ publicKeys: [] }), hosts: [peer.url] })
})
afterAll(async () => {
  channel.disconnect()
  byCertificate.disconnect()
  await peer.close()
})
beforeEach(() => {
  peer.requests = []
})

const answers = (status: number, value: unknown, signing?: Signing): void => {
  peer.answer = (response) => answerSigned(response, status, value, signing)
}
const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'succeeded',
    (error) => error,
  )

describe('prepay', () => {
  test('sends the stored text byte for byte, signed, and returns the prepay_id', async () => {
    answers(200, { prepay_id: 'wx21183000000000abc' })
    const body = channel.composePrepay(snapshot).replace('明前龙井', '龙井 \\u8336')
    expect(await channel.prepay(snapshot, body)).toBe('wx21183000000000abc')
    const [request] = peer.requests
    expect(request).toMatchObject({ method: 'POST', url: '/v3/pay/transactions/jsapi', body })
    expect(isOurs(request!)).toBe(true)
    expect(request!.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': expect.stringMatching(/^qiaofu /),
      'wechatpay-serial': wechatKey.serial,
    })
  })

  test('the same text again is signed afresh', async () => {
    answers(200, { prepay_id: 'wx1' })
    const body = channel.composePrepay(snapshot)
    await channel.prepay(snapshot, body)
    await channel.prepay(snapshot, body)
    const [first, second] = peer.requests.map(authorizationItems)
    expect(first!.nonce_str).not.toBe(second!.nonce_str)
    expect(peer.requests[0]!.body).toBe(peer.requests[1]!.body)
  })

  test('a merchant without a public key asks for nothing and verifies by platform certificate', async () => {
    answers(
      200,
      { prepay_id: 'wx1' },
      { key: wechatCertificate.privateKey, serial: wechatCertificate.serial },
    )
    expect(await byCertificate.prepay(snapshot, '{}')).toBe('wx1')
    expect(peer.requests[0]!.headers).not.toHaveProperty('wechatpay-serial')
  })

  test('one connection serves them all', async () => {
    answers(200, { prepay_id: 'wx1' })
    for (let i = 0; i < 10; i++) await channel.prepay(snapshot, '{}')
    expect(new Set(peer.requests.map(({ connection }) => connection)).size).toBe(1)
  })

  test.each([[{}], [{ prepay_id: '' }], [{ prepay_id: 7 }], ['not JSON'], [undefined], [[]]])(
    'a signed 200 with %j says nothing about the payment',
    async (value) => {
      answers(200, value)
      expect(await failure(channel.prepay(snapshot, '{}'))).toBeInstanceOf(ChannelUnknown)
    },
  )

  test('partner mode goes to the partner address', async () => {
    answers(200, { prepay_id: 'wx1' })
    const partner = snapshotOf({ mode: 'partner', subMchid: '1900000109' })
    await channel.prepay(partner, channel.composePrepay(partner))
    expect(peer.requests[0]!.url).toBe('/v3/pay/partner/transactions/jsapi')
    expect(isOurs(peer.requests[0]!)).toBe(true)
  })
})

describe('query', () => {
  test('asks by number and reads the trade', async () => {
    answers(200, paidBody())
    expect(await channel.query(snapshot)).toMatchObject({ outcome: 'paid', amountFen: 2800 })
    const [request] = peer.requests
    expect(request).toMatchObject({ method: 'GET', body: '' })
    expect(request!.url).toBe(`/v3/pay/transactions/out-trade-no/${snapshot.outTradeNo}?mchid=1900000001`)
    expect(request!.headers).not.toHaveProperty('content-type')
    expect(isOurs(request!)).toBe(true)
  })

  test.each(['ORDER_NOT_EXIST', 'ORDERNOTEXIST'])(
    'a signed %s means that WeChat has never heard of it',
    async (code) => {
      answers(404, { code, message: '订单不存在' })
      expect(await channel.query(snapshot)).toBeNull()
    },
  )

  test.each(['MCH_NOT_EXISTS', 'RESOURCE_NOT_EXISTS', 'PARAM_ERROR'])(
    'a signed %s is no such answer',
    async (code) => {
      answers(404, { code, message: '' })
      expect(await failure(channel.query(snapshot))).toMatchObject({
        kind: 'ChannelRefused',
        channelCode: code,
      })
    },
  )

  test('an unsigned ORDER_NOT_EXIST means nothing', async () => {
    peer.answer = (response) => response.writeHead(404).end('{"code":"ORDER_NOT_EXIST","message":""}')
    expect(await failure(channel.query(snapshot))).toBeInstanceOf(ChannelUnknown)
  })

  test('an answer about another payment is none', async () => {
    answers(200, paidBody({ out_trade_no: '021002611211830000ABCDEFGHJKM02' }))
    expect(await failure(channel.query(snapshot))).toMatchObject({
      reason: 'the answer is about another payment',
    })
  })

  test('a state that we do not know is unknown', async () => {
    answers(200, paidBody({ trade_state: 'ACCEPT' }))
    expect(await failure(channel.query(snapshot))).toBeInstanceOf(ChannelUnknown)
  })
})

describe('close', () => {
  test('a signed, empty 204 closes', async () => {
    answers(204, undefined)
    expect(await channel.close(snapshot)).toBe('closed')
    expect(peer.requests[0]).toMatchObject({ method: 'POST', body: '{"mchid":"1900000001"}' })
    expect(peer.requests[0]!.url).toBe(`/v3/pay/transactions/out-trade-no/${snapshot.outTradeNo}/close`)
    expect(isOurs(peer.requests[0]!)).toBe(true)
  })

  test('an unsigned 204 closes nothing', async () => {
    peer.answer = (response) => response.writeHead(204).end()
    expect(await failure(channel.close(snapshot))).toBeInstanceOf(ChannelUnknown)
  })

  test('a 204 signed over something else closes nothing', async () => {
    peer.answer = (response) => response.writeHead(204, signedHeaders('{}')).end()
    expect(await failure(channel.close(snapshot))).toMatchObject({
      reason: 'answer 204: signature does not verify',
    })
  })

  test('a promise (202) is not a close', async () => {
    answers(202, {})
    expect(await failure(channel.close(snapshot))).toBeInstanceOf(ChannelUnknown)
  })

  test.each([
    ['ORDERPAID', 'paid'],
    ['ORDER_PAID', 'paid'],
    ['ORDERCLOSED', 'closed'],
    ['ORDER_CLOSED', 'closed'],
  ])('%s means %s', async (code, outcome) => {
    answers(400, { code, message: '' })
    expect(await channel.close(snapshot)).toBe(outcome)
  })

  test('any other refusal is handed on', async () => {
    answers(400, { code: 'INVALID_REQUEST', message: '' })
    expect(await failure(channel.close(snapshot))).toMatchObject({
      channelCode: 'INVALID_REQUEST',
      httpStatus: 400,
    })
  })
})

describe('a signed error', () => {
  test.each([
    [400, 'PARAM_ERROR', 'PARAM_ERROR'],
    [400, 'APPID_MCHID_NOT_MATCH', 'APPID_MCHID_NOT_MATCH'],
    [403, 'NOAUTH', 'NO_AUTH'],
    [403, 'OUT_TRADE_NO_USED', 'OUT_TRADE_NO_USED'],
    [401, 'SIGN_ERROR', 'SIGN_ERROR'],
  ])('%i %s is a definite no', async (status, code, normal) => {
    answers(status, { code, message: 'x' })
    const error = await failure(channel.prepay(snapshot, '{}'))
    expect(error).toBeInstanceOf(ChannelRefused)
    expect(error).toMatchObject({ kind: 'ChannelRefused', channelCode: normal, httpStatus: status })
  })

  test.each([
    [429, 'FREQUENCY_LIMITED'],
    [429, 'RATELIMIT_EXCEEDED'],
    [403, 'FREQUENCY_LIMITED'],
    [500, 'SYSTEM_ERROR'],
    [500, 'SYSTEMERROR'],
    [500, 'BANKERROR'],
    [500, 'OPENID_MISMATCH'],
    [503, 'SERVICE_UNAVAILABLE'],
    [302, 'PARAM_ERROR'],
  ])('%i %s leaves the outcome unknown', async (status, code) => {
    answers(status, { code, message: 'x' })
    expect(await failure(channel.prepay(snapshot, '{}'))).toMatchObject({ kind: 'ChannelUnknown' })
  })

  test.each([
    ['no code', {}],
    ['a strange code', { code: 'a b' }],
    ['no JSON', 'busy'],
    ['nothing', undefined],
  ])('with %s leaves the outcome unknown', async (_, value) => {
    answers(400, value)
    expect(await failure(channel.prepay(snapshot, '{}'))).toMatchObject({ kind: 'ChannelUnknown' })
  })
})

describe('an answer that proves nothing leaves the outcome unknown:', () => {
  const prepaid = { prepay_id: 'wx1' }
  const text = JSON.stringify(prepaid)
  const cases: [string, Answerer, string][] = [
    ['unsigned 200', (response) => response.writeHead(200).end(text), 'not signed'],
    ['unsigned refusal', (response) => response.writeHead(400).end('{"code":"PARAM_ERROR"}'), 'not signed'],
    ['401', (response) => response.writeHead(401).end('{"code":"SIGN_ERROR"}'), 'check this merchant'],
    [
      'tampered body',
      (response) => response.writeHead(200, signedHeaders(text)).end(text.replace('1', '2')),
      'verify',
    ],
    [
      'stale answer',
      (response) => answerSigned(response, 200, prepaid, { timestamp: '1600000000' }),
      '5 minutes',
    ],
    ['wrong key', (response) => answerSigned(response, 200, prepaid, { key: stranger.privateKey }), 'verify'],
    ['our own key', (response) => answerSigned(response, 200, prepaid, { key: ours.privateKey }), 'verify'],
    [
      'unknown serial',
      (response) => answerSigned(response, 200, prepaid, { serial: 'PUB_KEY_ID_9' }),
      'no key of',
    ],
    [
      'signature probe',
      (response) =>
        response
          .writeHead(200, { ...signedHeaders(text), 'wechatpay-signature': 'WECHATPAY/SIGNTEST/a' })
          .end(text),
      'verify',
    ],
    [
      'doubled signature header',
      (response) => {
        const headers = signedHeaders(text)
        const doubled = { ...headers, 'wechatpay-signature': Array(2).fill(headers['wechatpay-signature']) }
        response.writeHead(200, doubled).end(text)
      },
      'not signed',
    ],
    [
      'redirect',
      (response) => response.writeHead(302, { location: `${peer.url}/elsewhere` }).end(),
      'answer 302',
    ],
  ]
  test.each(cases)('%s', async (_, answer, reason) => {
    peer.answer = answer
    const error = await failure(channel.prepay(snapshot, '{}'))
    expect(error).toBeInstanceOf(ChannelUnknown)
    expect((error as ChannelUnknown).reason).toContain(reason)
    expect(peer.requests).toHaveLength(1)
  })
})

test('a payment whose merchant is gone from the configuration is unknown, not failed', async () => {
  const gone = snapshotOf({ mchid: '1900000099' })
  expect(await failure(channel.query(gone))).toMatchObject({ kind: 'ChannelUnknown' })
  expect(peer.requests).toHaveLength(0)
})

test('two merchants in one process never use each other’s keys', async () => {
  const merchants = new Map([
    ['1900000001', merchantOf()],
    [
      '1900000002',
      merchantOf({ mchid: '1900000002', publicKeys: [], certificates: [{ serialNo: 'B2', ...stranger }] }),
    ],
  ])
  const two = createWechatpayChannel({ merchants, hosts: [peer.url] })
  answers(200, { prepay_id: 'wx1' })
  expect(await failure(two.prepay(snapshotOf({ mchid: '1900000002' }), '{}'))).toMatchObject({
    kind: 'ChannelUnknown',
  })
  expect(authorizationItems(peer.requests[0]!)).toMatchObject({ mchid: '1900000002', serial_no: 'B2' })
  expect(isOurs(peer.requests[0]!)).toBe(false)
  expect(await two.prepay(snapshot, '{}')).toBe('wx1')
  two.disconnect()
})

test('the newest certificate signs while the old ones wait to be forgotten', async () => {
  const certificates = [
    { serialNo: 'A1', privateKey: ours.privateKey },
    { serialNo: 'OLD', privateKey: stranger.privateKey },
  ]
  const rotated = createWechatpayChannel({
    merchants: new Map([['1900000001', merchantOf({ certificates })]]),
    hosts: [peer.url],
  })
  answers(200, { prepay_id: 'wx1' })
  await rotated.prepay(snapshot, '{}')
  expect(authorizationItems(peer.requests[0]!).serial_no).toBe('A1')
  expect(isOurs(peer.requests[0]!)).toBe(true)
  rotated.disconnect()
})

test('a merchant that cannot sign is refused at start', () => {
  const merchants = new Map([['1900000001', merchantOf({ certificates: [] })]])
  expect(() => createWechatpayChannel({ merchants, hosts: [peer.url] })).toThrow('no API certificate')
})

test('errors and logs hold WeChat’s Request-ID and no body, header, key or openid', async () => {
  logged.length = 0
  const body = channel.composePrepay(snapshot)
  const seen: unknown[] = []
  answers(400, { code: 'PARAM_ERROR', message: snapshot.openid, detail: { value: snapshot.openid } })
  seen.push(await failure(channel.prepay(snapshot, body)))
  answers(200, paidBody(), { key: stranger.privateKey })
  seen.push(await failure(channel.query(snapshot)))
  peer.answer = (response) => response.destroy()
  seen.push(await failure(channel.prepay(snapshot, body)))
  expect(logged).toHaveLength(3)
  expect(logged[0]).toEqual([
    {
      mchid: '1900000001',
      method: 'POST',
      path: '/v3/pay/transactions/jsapi',
      requestId: '08E6CF05-0',
      status: 400,
      channelCode: 'PARAM_ERROR',
    },
    'WeChat Pay refused a request',
  ])
  const text = inspect([seen, logged], { depth: 20, showHidden: true })
  expect(text).toContain('ChannelUnknown')
  const signature = authorizationItems(peer.requests[0]!).signature!
  for (const secret of [
    snapshot.openid,
    apiV3Key,
    signature,
    'WECHATPAY2-SHA256',
    'PRIVATE KEY',
    '明前龙井',
    '4200001234',
  ]) {
    expect(text).not.toContain(secret)
  }
})
