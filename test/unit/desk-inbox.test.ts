import { describe, expect, test } from 'vitest'
import { curlOfCall } from '../../sandbox/desk/browser/inbox/curl.ts'
import { diagnosisOfCall, diagnosisOfNotification } from '../../sandbox/desk/browser/inbox/diagnosis.ts'
import { grouped } from '../../sandbox/desk/browser/inbox/groups.ts'
import { kindOf } from '../../sandbox/desk/browser/inbox/kinds.ts'
import { timeline } from '../../sandbox/desk/browser/inbox/messages.ts'
import { eventInWords, routeInWords, speakersOfCall } from '../../sandbox/desk/browser/inbox/route-words.ts'
import { verdictOfCall, verdictOfNotification } from '../../sandbox/desk/browser/inbox/verdict.ts'
import { isSameRule, presets } from '../../sandbox/desk/browser/panels/presets.ts'
import { naturalSize, nextPhone, phoneAddress } from '../../sandbox/desk/browser/phones/phone-list.ts'
import { duration } from '../../sandbox/desk/browser/sandbox/moment.ts'
import { fenOf, yuan } from '../../sandbox/desk/browser/sandbox/money.ts'
import type { AttemptView, CallView, NotificationView } from '../../sandbox/desk/browser/sandbox/views.ts'
import { en } from '../../sandbox/desk/browser/words/en.ts'
import { zh } from '../../sandbox/desk/browser/words/zh-cn.ts'
import { ROUTES } from '../../sandbox/gateway/routes.ts'
import { openSandbox } from '../support/sandbox-client.ts'

const call = (given: Partial<CallView>): CallView => ({
  id: 1,
  at: '2026-01-01T00:00:01.000Z',
  method: 'GET',
  url: '/v3/x',
  headers: {},
  body: '',
  verdict: 'ok',
  status: 200,
  answerHeaders: {},
  answer: '',
  durationMs: 1,
  mchid: '1',
  outTradeNo: 'A1',
  ...given,
})
const attempt = (given: Partial<AttemptView>): AttemptView => ({
  at: '2026-01-01T00:00:02.000Z',
  verdict: 'refused',
  status: 500,
  answer: '',
  durationMs: 1,
  headers: {},
  body: '',
  ...given,
})
const notification = (given: Partial<NotificationView>): NotificationView => ({
  id: 'n1',
  eventType: 'TRANSACTION.SUCCESS',
  mchid: '1',
  outTradeNo: 'A1',
  url: 'http://a/n',
  state: 'pending',
  nextAt: '2026-01-01T00:00:00.000Z',
  attemptCount: 0,
  attempts: [],
  resource: '',
  ...given,
})

describe('the timeline', () => {
  const everything = { order: '', kind: '', failuresOnly: false } as const
  const keys = (...given: Parameters<typeof timeline>) => timeline(...given).map(({ key }) => key)

  test('is one list, newest first; a notification stands where it was last tried', () => {
    const calls = [call({ id: 1 }), call({ id: 2, at: '2026-01-01T00:00:03.000Z' })]
    expect(keys(calls, [notification({})], everything)).toEqual(['call 2', 'call 1', 'notification n1'])
    const tried = notification({ attempts: [attempt({})] })
    expect(keys(calls, [tried], everything)).toEqual(['call 2', 'notification n1', 'call 1'])
  })

  test('of one moment shows the later call first', () => {
    expect(keys([call({ id: 1 }), call({ id: 2 })], [], everything)).toEqual(['call 2', 'call 1'])
  })

  test('can be narrowed to an order, and to what went wrong', () => {
    const calls = [
      call({ id: 1 }),
      call({ id: 2, outTradeNo: 'B2' }),
      call({ id: 3, outTradeNo: null, status: 401, verdict: 'SIGN_ERROR 签名错误' }),
      call({ id: 4, verdict: 'errcode 40029' }),
    ]
    const told = [notification({}), notification({ id: 'n2', state: 'accepted' })]
    expect(keys(calls, told, { ...everything, order: 'B' })).toEqual(['call 2'])
    expect(keys(calls, told, { ...everything, failuresOnly: true })).toEqual([
      'call 4',
      'call 3',
      'notification n1',
    ])
  })
})

describe('of equal failures', () => {
  const failed = (id: number, verdict = 'SIGN_ERROR 签名错误') =>
    ({ kind: 'call', key: `call ${id}`, at: '', call: call({ id, status: 401, verdict }) }) as const
  const well = { kind: 'call', key: 'call 9', at: '', call: call({ id: 9 }) } as const
  const sizes = (messages: Parameters<typeof grouped>[0]) =>
    grouped(messages).map(({ key, messages: members }) => [key, members.length])

  test('neighbours are one group, which keeps its name while newer ones join', () => {
    expect(sizes([failed(3), failed(2), failed(1)])).toEqual([['call 1', 3]])
    expect(sizes([failed(4), failed(3), failed(2), failed(1)])).toEqual([['call 1', 4]])
  })

  test('what differs, or is apart, or went well, stands alone', () => {
    expect(sizes([failed(3, 'SIGN_ERROR 头部缺少'), failed(2), well, well, failed(1)])).toEqual([
      ['call 3', 1],
      ['call 2', 1],
      ['call 9', 1],
      ['call 9', 1],
      ['call 1', 1],
    ])
  })
})

describe('a diagnosis', () => {
  test.each([
    [{}, ''],
    [{ status: 400, verdict: 'PARAM_ERROR 输入源“/body/mchid”' }, '输入源“/body/mchid”'],
    [{ verdict: 'errcode 40029', answer: '{"errcode":40029,"errmsg":"invalid code"}' }, 'invalid code'],
    [{ status: 404, verdict: '404' }, ''],
    [
      { status: 0, verdict: 'ok, connection dropped by a rule' },
      '连接在应答之前断开：结果未知，不等于失败。',
    ],
  ] as [Partial<CallView>, string][])('of a call %j is %s', (given, words) => {
    expect(diagnosisOfCall(call(given))).toBe(words)
  })

  test.each([
    [attempt({ answer: '{"title":"wrong amount"}' }), '服务器拒绝了（500）：wrong amount'],
    [attempt({ verdict: 'timed out', status: null }), '服务器 5 秒内没有应答。'],
    [
      attempt({ status: 401, headers: { 'Wechatpay-Signature': 'WECHATPAY/SIGNTEST/x' } }),
      '签名探测：签名故意是错的，拒绝它才对。',
    ],
  ])('of an attempt %#', (given, words) => {
    expect(diagnosisOfNotification(notification({ attempts: [given] }))).toBe(words)
    expect(diagnosisOfNotification(notification({ state: 'accepted', attempts: [given] }))).toBe('')
  })
})

test('curl repeats a call as it was, but for what curl makes itself', () => {
  const headers = { host: 'a', 'content-length': '9', authorization: "WECHATPAY2 it's", accept: 'x' }
  const command = curlOfCall(
    call({ method: 'POST', url: '/v3/x', headers, body: '{"a":"it\'s"}' }),
    'http://h',
  )
  expect(command).toBe(
    [
      "curl -X POST 'http://h/v3/x'",
      "-H 'authorization: WECHATPAY2 it'\\''s'",
      "-H 'accept: x'",
      `--data-raw '{"a":"it'\\''s"}'`,
    ].join(' \\\n  '),
  )
})

test('every call that has a name has a kind', () => {
  const kinds = (method: string, url: string) =>
    kindOf({ kind: 'call', key: '', at: '', call: call({ method, url }) })
  expect(kinds('POST', '/v3/pay/transactions/h5')).toBe('prepay')
  expect(kinds('GET', '/v3/pay/transactions/id/1')).toBe('query')
  expect(kinds('GET', '/sns/jscode2session')).toBe('sign-in')
  expect(kinds('GET', '/v3/certificates')).toBe('other')
})

describe('a verdict', () => {
  test.each([
    [{}, '200', 'good'],
    [{ status: 204 }, '204', 'good'],
    [{ status: 401, verdict: 'SIGN_ERROR 错误的签名，验签失败' }, '401 SIGN_ERROR', 'bad'],
    [{ status: 404, verdict: '404' }, '404', 'bad'],
    [{ status: 0, verdict: 'ok, connection dropped by a rule' }, '断线', 'open'],
    [{ verdict: 'errcode 40029' }, 'errcode 40029', 'bad'],
    [{ verdict: 'ACQ.TRADE_NOT_EXIST 交易不存在' }, 'ACQ.TRADE_NOT_EXIST', 'bad'],
    [{ status: 302 }, '302', 'good'],
  ] as [Partial<CallView>, string, string][])('of a call %j is %s, %s', (given, words, tone) => {
    expect(verdictOfCall(call(given))).toEqual({ words, tone })
  })

  test.each([
    [{}, '在路上', 'open'],
    [{ state: 'accepted' }, '已收下', 'good'],
    [{ attempts: [attempt({})] }, '被拒 500', 'bad'],
    [{ attempts: [attempt({ verdict: 'lost by a rule', status: null })] }, '被故障规则丢弃', 'bad'],
    [
      { state: 'given-up', attempts: [attempt({ verdict: 'timed out', status: null })] },
      '已放弃 · 超时',
      'bad',
    ],
  ] as [Partial<NotificationView>, string, string][])(
    'of a notification %j is %s, %s',
    (given, words, tone) => {
      expect(verdictOfNotification(notification(given))).toEqual({ words, tone })
    },
  )
})

test('every address of the gateway has words, and what nobody named speaks for itself', () => {
  for (const { method, path } of ROUTES) {
    const url = path.source.replace(/\(\?<\w+>[^)]+\)/g, '1').replace(/[\\^$]/g, '')
    expect(routeInWords(call({ method, url: `${url}?a=b` }))).not.toContain('/')
  }
  expect(routeInWords(call({ method: 'GET', url: '/v3/unknown?a=b' }))).toBe('GET /v3/unknown')
  expect(eventInWords('SOMETHING.NEW')).toBe('SOMETHING.NEW')
})

test.each([
  ['/gateway.do?method=alipay.trade.query', '', '支付宝查单', '服务器 → 支付宝'],
  ['/gateway.do?charset=utf-8', 'method=alipay.trade.refund&app_id=1', '支付宝退款', '服务器 → 支付宝'],
  ['/gateway.do?method=alipay.trade.wap.pay', '', '打开支付宝收银台', '顾客的浏览器 → 支付宝'],
  ['/gateway.do?method=alipay.fly', '', 'alipay.fly', '服务器 → 支付宝'],
  ['/gateway.do', '', 'POST /gateway.do', '服务器 → 支付宝'],
  ['/v3/certificates', '', 'POST /v3/certificates', '服务器 → 微信'],
])('POST %s %s is %s, %s', (url, body, words, speakers) => {
  const asked = call({ method: 'POST', url, body })
  expect([routeInWords(asked), speakersOfCall(asked)]).toEqual([words, speakers])
})

test('each preset of the weather is a rule that the sandbox takes, and is recognised in its list', async () => {
  const sandbox = await openSandbox()
  for (const { rule } of presets) {
    expect((await sandbox.control('/rules', rule)).status).toBe(201)
    const { rules } = (await sandbox.control('/rules')).body
    expect(isSameRule(rules.at(-1), rule)).toBe(true)
  }
  expect(presets.filter(({ rule }) => isSameRule(rule, presets[0]!.rule))).toHaveLength(1)
  await sandbox.close()
})

test('amounts are read and written as people do', () => {
  expect([0, 5, 12_800, 1_234_567_89, -300].map(yuan)).toEqual([
    '¥0.00',
    '¥0.05',
    '¥128.00',
    '¥1,234,567.89',
    '-¥3.00',
  ])
  expect(['88', '88.5', ' ¥88.05 ', '0.01'].map(fenOf)).toEqual([8_800, 8_850, 8_805, 1])
  expect(['', '1.234', '-1', '1,000,', 'abc'].map(fenOf)).toEqual([null, null, null, null, null])
  expect(['1,000', '¥1,234,567.89'].map(fenOf)).toEqual([100_000, 123_456_789])
})

test('a duration is told by its two largest units', () => {
  expect([0, 999, 61_000, -3_600_000, 90_061_000].map(duration)).toEqual([
    '0 秒',
    '1 秒',
    '1 分钟 1 秒',
    '1 小时',
    '1 天 1 小时',
  ])
})

test('a phone more gets a free name, and every choice is in its address', () => {
  const bob = { name: 'b', user: 'bob', profile: 'android', entry: 'official' } as const
  expect(nextPhone([bob], 'alice')).toMatchObject({ name: 'a', user: 'alice' })
  const { pathname, searchParams } = new URL(phoneAddress(bob, true), 'http://desk')
  expect(pathname).toBe('/phone/')
  expect(Object.fromEntries(searchParams)).toEqual({
    phones: 'b:bob',
    profile: 'android',
    entry: 'official',
    theme: 'dark',
  })
})

test('a browser has no way in but its pages, and a page on a computer is wide', () => {
  const safari = { name: 'a', user: 'alice', profile: 'safari', entry: 'official' } as const
  expect(phoneAddress(safari, false)).not.toContain('entry')
  const width = (profile: string, entry: 'mini-program' | 'official') => naturalSize({ profile, entry }).width
  expect(width('pc', 'mini-program')).toBe(width('wechat-pc', 'official'))
  expect(width('wechat-pc', 'mini-program')).toBeLessThan(width('pc', 'official') / 2)
  expect(width('safari', 'official')).toBe(width('ios', 'mini-program'))
})

test('both languages have the same places to fill', () => {
  const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()
  for (const [name, text] of Object.entries(zh)) {
    expect([name, places(en[name as keyof typeof en])]).toEqual([name, places(text)])
  }
})
