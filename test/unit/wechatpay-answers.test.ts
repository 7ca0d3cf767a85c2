import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ChannelRefused, ChannelUnknown } from '../../server/shared/errors.ts'
import {
  answerSigned,
  apiV3Key,
  authorizationItems,
  ours,
  paidBody,
  signedHeaders,
  stranger,
  type Answerer,
} from '../support/wechatpay-peer.ts'
import { failure, snapshot, wechatpayStage } from '../support/wechatpay-stage.ts'

const stage = wechatpayStage()

describe('a signed error', () => {
  test.each([
    [400, 'PARAM_ERROR', 'PARAM_ERROR'],
    [400, 'APPID_MCHID_NOT_MATCH', 'APPID_MCHID_NOT_MATCH'],
    [403, 'NOAUTH', 'NO_AUTH'],
    [403, 'OUT_TRADE_NO_USED', 'OUT_TRADE_NO_USED'],
    [401, 'SIGN_ERROR', 'SIGN_ERROR'],
  ])('%i %s is a definite no', async (status, code, normal) => {
    stage.answers(status, { code, message: 'x' })
    const error = await failure(stage.channel.prepay(snapshot, '{}'))
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
    stage.answers(status, { code, message: 'x' })
    expect(await failure(stage.channel.prepay(snapshot, '{}'))).toMatchObject({ kind: 'ChannelUnknown' })
  })

  test.each([
    ['no code', {}],
    ['a strange code', { code: 'a b' }],
    ['no JSON', 'busy'],
    ['nothing', undefined],
  ])('with %s leaves the outcome unknown', async (_, value) => {
    stage.answers(400, value)
    expect(await failure(stage.channel.prepay(snapshot, '{}'))).toMatchObject({ kind: 'ChannelUnknown' })
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
      (response) => response.writeHead(302, { location: `${stage.peer.url}/elsewhere` }).end(),
      'answer 302',
    ],
  ]
  test.each(cases)('%s', async (_, answer, reason) => {
    stage.peer.answer = answer
    const error = await failure(stage.channel.prepay(snapshot, '{}'))
    expect(error).toBeInstanceOf(ChannelUnknown)
    expect((error as ChannelUnknown).reason).toContain(reason)
    expect(stage.peer.requests).toHaveLength(1)
  })
})

test('errors and logs hold WeChat’s Request-ID and no body, header, key or openid', async () => {
  const body = stage.channel.composePrepay(snapshot)
  const seen: unknown[] = []
  stage.answers(400, { code: 'PARAM_ERROR', message: snapshot.openid, detail: { value: snapshot.openid } })
  seen.push(await failure(stage.channel.prepay(snapshot, body)))
  stage.answers(200, paidBody(), { key: stranger.privateKey })
  seen.push(await failure(stage.channel.query(snapshot)))
  stage.peer.answer = (response) => response.destroy()
  seen.push(await failure(stage.channel.prepay(snapshot, body)))
  expect(stage.logged).toHaveLength(3)
  expect(stage.logged[0]).toEqual([
    {
      mchid: '1900000001',
      method: 'POST',
      path: '/v3/pay/transactions/jsapi',
      requestId: '08E6CF05-0',
      status: 400,
      channelCode: 'PARAM_ERROR',
      earlierUnknown: false,
    },
    'WeChat Pay refused a request',
  ])
  const text = inspect([seen, stage.logged], { depth: 20, showHidden: true })
  expect(text).toContain('ChannelUnknown')
  const signature = authorizationItems(stage.peer.requests[0]!).signature!
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
