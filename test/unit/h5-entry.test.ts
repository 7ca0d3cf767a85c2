// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readEnvironment } from '../../h5/entry/environment.ts'
import { forgetEntry, knownEntry, rememberEntry, rememberedEntry } from '../../h5/entry/known-entry.ts'
import { loopGuard } from '../../h5/entry/loop-guard.ts'
import { safePath } from '../../h5/entry/safe-path.ts'
import { tabMemory } from '../../h5/entry/tab-memory.ts'
import { userAgents } from '../../sandbox/phone/user-agents.ts'

const android =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 XWEB/1160117 MMWEBSDK/20240404 Mobile Safari/537.36 MMWEBID/4273 MicroMessenger/8.0.49.2600(0x2800313D) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64'
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN'
const weCom =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 16_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 wxwork/4.1.6 MicroMessenger/7.0.1 Language/zh'
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'

const alipay =
  'Mozilla/5.0 (Linux; U; Android 14; zh-CN; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/105.0.5195.148 UWS/5.12.5.0 Mobile Safari/537.36 UCBS/5.12 NebulaSDK/1.8.100112 Nebula AlipayDefined(nt:WIFI) AliApp(AP/10.5.76.8000) AlipayClient/10.5.76.8000 Language/zh-Hans'

describe('the surroundings of a page', () => {
  test.each(userAgents.map((row) => [row.client, row] as const))(
    'are read from the user agent and from WeChat: %s',
    (_client, { userAgent, wxjsEnvironment, is }) => {
      expect(readEnvironment(userAgent, wxjsEnvironment)).toBe(is)
    },
  )

  test('are those of forty real clients and more, each named once, with its source', () => {
    expect(userAgents.filter(({ source }) => !source.includes('not captured')).length).toBeGreaterThan(40)
    expect(new Set(userAgents.map(({ client }) => client)).size).toBe(userAgents.length)
    expect(userAgents.filter(({ source }) => source.length < 10)).toEqual([])
  })

  test.each([
    ['an iPhone, before the bridge of a mini-program is there', iphone, undefined, 'wechat'],
    ['WeCom on an iPhone, once the bridge of a mini-program is there', weCom, 'miniprogram', 'mini-program'],
    ['a variable of WeChat’s in a client that is not WeChat', safari, 'miniprogram', 'other-mini-program'],
    ['a variable of WeChat’s in Alipay', alipay, 'miniprogram', 'alipay'],
    ['nothing', '', undefined, 'pc'],
  ] as const)('are read the same from %s', (_name, userAgent, wxjs, expected) => {
    expect(readEnvironment(userAgent, wxjs)).toBe(expected)
  })
})

describe('a path to go to', () => {
  test.each([
    '/',
    '/orders',
    '/orders/7KQ2M9X4T1B01/result',
    '/confirm?lines=tea:1,cup:2',
    '/a?b=//c#d',
    '/中文',
  ])('is kept when it stays on this site: %s', (to) => {
    expect(decodeURI(safePath(to))).toBe(to)
  })

  test.each([
    '//evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/..//evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/a\\b',
    'orders',
    '',
    null,
    undefined,
  ])('becomes the shop when it would leave: %j', (to) => {
    expect(safePath(to)).toBe('/')
  })
})

describe('a loop guard', () => {
  test('lets two attempts a minute through, and counts anew afterwards', () => {
    let nowMs = 1_000_000
    const guard = loopGuard(tabMemory, 'test.guard', 2, () => nowMs)
    expect([guard.take(), guard.take(), guard.take()]).toEqual([true, true, false])
    nowMs += 59_000
    expect(guard.take()).toBe(false)
    nowMs += 2_000
    expect(guard.take()).toBe(true)
  })

  test('starts again after a success', () => {
    const guard = loopGuard(tabMemory, 'test.reset', 1, () => 5)
    guard.take()
    guard.reset()
    expect(guard.take()).toBe(true)
  })

  test('survives a storage that holds nonsense', () => {
    tabMemory.set('test.nonsense', 'x,,;DROP')
    expect(loopGuard(tabMemory, 'test.nonsense', 1, () => 5).take()).toBe(true)
  })
})

describe('the entry of a tab', () => {
  const list = { entries: [{ code: '01', kind: 'official-account' }, { code: '02', kind: 'mini-program' }] } // prettier-ignore

  beforeEach(() => {
    sessionStorage.clear()
    forgetEntry()
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Response.json(list)),
    )
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })

  test('is what /enter remembered, without asking anybody', async () => {
    rememberEntry({ code: '02', kind: 'mini-program' })
    expect(await knownEntry()).toEqual({ code: '02', kind: 'mini-program' })
    expect(fetch).not.toHaveBeenCalled()
  })

  test('is the official account inside WeChat, and stays so for the tab', async () => {
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(iphone)
    expect(await knownEntry()).toEqual({ code: '01', kind: 'official-account' })
    expect(rememberedEntry()).toEqual({ code: '01', kind: 'official-account' })
  })

  test('is the mini-program in a web-view whose memory was lost', async () => {
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(`${android} miniProgram`)
    expect(await knownEntry()).toEqual({ code: '02', kind: 'mini-program' })
  })

  test('is none in a browser: anybody may look, and nothing is remembered', async () => {
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(safari)
    expect(await knownEntry()).toEqual({ code: '01', kind: null })
    expect(rememberedEntry()).toBeNull()
  })

  test('is asked for again after a failure', async () => {
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError('Failed to fetch'))
    await expect(knownEntry()).rejects.toMatchObject({ failure: { kind: 'offline' } })
    expect((await knownEntry()).code).toBe('01')
  })

  test.each([
    '{',
    '"02"',
    '{"code":"2","kind":"mini-program"}',
    '{"code":"02","kind":"other"}',
    '{"code":"../x","kind":"mini-program"}',
  ])(
    // prettier-ignore
    'is not taken from a memory that holds nonsense: %s',
    (kept) => {
      tabMemory.set('qiaofu.entry', kept)
      expect(rememberedEntry()).toBeNull()
    },
  )
})
