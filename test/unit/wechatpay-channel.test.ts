import { describe, expect, test } from 'vitest'
import { ChannelUnknown } from '../../server/shared/errors.ts'
import {
  authorizationItems,
  isOurs,
  paidBody,
  signedHeaders,
  snapshotOf,
  wechatCertificate,
  wechatKey,
} from '../support/wechatpay-peer.ts'
import { failure, snapshot, wechatpayStage } from '../support/wechatpay-stage.ts'

const stage = wechatpayStage()

describe('prepay', () => {
  test('sends the stored text byte for byte, signed, and returns the prepay_id', async () => {
    stage.answers(200, { prepay_id: 'wx21183000000000abc' })
    const body = stage.channel.composePrepay(snapshot).replace('明前龙井', '龙井 \\u8336')
    expect(await stage.channel.prepay(snapshot, body)).toBe('wx21183000000000abc')
    const [request] = stage.peer.requests
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
    stage.answers(200, { prepay_id: 'wx1' })
    const body = stage.channel.composePrepay(snapshot)
    await stage.channel.prepay(snapshot, body)
    await stage.channel.prepay(snapshot, body)
    const [first, second] = stage.peer.requests.map(authorizationItems)
    expect(first!.nonce_str).not.toBe(second!.nonce_str)
    expect(stage.peer.requests[0]!.body).toBe(stage.peer.requests[1]!.body)
  })

  test('a merchant without a public key asks for nothing and verifies by platform certificate', async () => {
    stage.answers(
      200,
      { prepay_id: 'wx1' },
      { key: wechatCertificate.privateKey, serial: wechatCertificate.serial },
    )
    expect(await stage.byCertificate.prepay(snapshot, '{}')).toBe('wx1')
    expect(stage.peer.requests[0]!.headers).not.toHaveProperty('wechatpay-serial')
  })

  test('one connection serves them all', async () => {
    stage.answers(200, { prepay_id: 'wx1' })
    for (let i = 0; i < 10; i++) await stage.channel.prepay(snapshot, '{}')
    expect(new Set(stage.peer.requests.map(({ connection }) => connection)).size).toBe(1)
  })

  test.each([[{}], [{ prepay_id: '' }], [{ prepay_id: 7 }], ['not JSON'], [undefined], [[]]])(
    'a signed 200 with %j says nothing about the payment',
    async (value) => {
      stage.answers(200, value)
      expect(await failure(stage.channel.prepay(snapshot, '{}'))).toBeInstanceOf(ChannelUnknown)
    },
  )

  test('partner mode goes to the partner address', async () => {
    stage.answers(200, { prepay_id: 'wx1' })
    const partner = snapshotOf({ mode: 'partner', subMchid: '1900000109' })
    await stage.channel.prepay(partner, stage.channel.composePrepay(partner))
    expect(stage.peer.requests[0]!.url).toBe('/v3/pay/partner/transactions/jsapi')
    expect(isOurs(stage.peer.requests[0]!)).toBe(true)
  })
})

describe('query', () => {
  test('asks by number and reads the trade', async () => {
    stage.answers(200, paidBody())
    expect(await stage.channel.query(snapshot)).toMatchObject({ outcome: 'paid', amountFen: 2800 })
    const [request] = stage.peer.requests
    expect(request).toMatchObject({ method: 'GET', body: '' })
    expect(request!.url).toBe(`/v3/pay/transactions/out-trade-no/${snapshot.outTradeNo}?mchid=1900000001`)
    expect(request!.headers).not.toHaveProperty('content-type')
    expect(isOurs(request!)).toBe(true)
  })

  test.each(['ORDER_NOT_EXIST', 'ORDERNOTEXIST'])(
    'a signed %s means that WeChat has never heard of it',
    async (code) => {
      stage.answers(404, { code, message: '订单不存在' })
      expect(await stage.channel.query(snapshot)).toBeNull()
    },
  )

  test.each(['MCH_NOT_EXISTS', 'RESOURCE_NOT_EXISTS', 'PARAM_ERROR'])(
    'a signed %s is no such answer',
    async (code) => {
      stage.answers(404, { code, message: '' })
      expect(await failure(stage.channel.query(snapshot))).toMatchObject({
        kind: 'ChannelRefused',
        channelCode: code,
      })
    },
  )

  test('an unsigned ORDER_NOT_EXIST means nothing', async () => {
    stage.peer.answer = (response) => response.writeHead(404).end('{"code":"ORDER_NOT_EXIST","message":""}')
    expect(await failure(stage.channel.query(snapshot))).toBeInstanceOf(ChannelUnknown)
  })

  test('an answer about another payment is none', async () => {
    stage.answers(200, paidBody({ out_trade_no: '021002611211830000ABCDEFGHJKM02' }))
    expect(await failure(stage.channel.query(snapshot))).toMatchObject({
      reason: 'the answer is about another payment',
    })
  })

  test('a state that we do not know is unknown', async () => {
    stage.answers(200, paidBody({ trade_state: 'ACCEPT' }))
    expect(await failure(stage.channel.query(snapshot))).toBeInstanceOf(ChannelUnknown)
  })
})

describe('close', () => {
  test('a signed, empty 204 closes', async () => {
    stage.answers(204, undefined)
    expect(await stage.channel.close(snapshot)).toBe('closed')
    expect(stage.peer.requests[0]).toMatchObject({ method: 'POST', body: '{"mchid":"1900000001"}' })
    expect(stage.peer.requests[0]!.url).toBe(`/v3/pay/transactions/out-trade-no/${snapshot.outTradeNo}/close`)
    expect(isOurs(stage.peer.requests[0]!)).toBe(true)
  })

  test('an unsigned 204 closes nothing', async () => {
    stage.peer.answer = (response) => response.writeHead(204).end()
    expect(await failure(stage.channel.close(snapshot))).toBeInstanceOf(ChannelUnknown)
  })

  test('a 204 signed over something else closes nothing', async () => {
    stage.peer.answer = (response) => response.writeHead(204, signedHeaders('{}')).end()
    expect(await failure(stage.channel.close(snapshot))).toMatchObject({
      reason: 'answer 204: signature does not verify',
    })
  })

  test('a promise (202) is not a close', async () => {
    stage.answers(202, {})
    expect(await failure(stage.channel.close(snapshot))).toBeInstanceOf(ChannelUnknown)
  })

  test.each([
    ['ORDERPAID', 'paid'],
    ['ORDER_PAID', 'paid'],
    ['ORDERCLOSED', 'closed'],
    ['ORDER_CLOSED', 'closed'],
  ])('%s means %s', async (code, outcome) => {
    stage.answers(400, { code, message: '' })
    expect(await stage.channel.close(snapshot)).toBe(outcome)
  })

  test('any other refusal is handed on', async () => {
    stage.answers(400, { code: 'INVALID_REQUEST', message: '' })
    expect(await failure(stage.channel.close(snapshot))).toMatchObject({
      channelCode: 'INVALID_REQUEST',
      httpStatus: 400,
    })
  })
})
