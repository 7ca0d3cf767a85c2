import { describe, expect, test, vi } from 'vitest'
import { fakeWechat } from './fake-wechat.ts'
import { source } from './source.ts'

const wechat = fakeWechat()

describe('the device', async () => {
  const { language, textSizeClass, cashierNeedsTap } = await source<{
    language(): string
    textSizeClass(): string
    cashierNeedsTap(): boolean
  }>('platform/device')

  test.each([
    ['zh_CN', 'zh'],
    ['zh_TW', 'zh'],
    ['zh-Hans', 'zh'],
    ['en', 'en'],
    ['ja', 'en'],
  ])('a WeChat in %s reads %s', (wechatLanguage, expected) => {
    wechat.language = wechatLanguage
    expect(language()).toBe(expected)
  })

  test.each([
    [15, ''],
    [17, ''],
    [18, 'text-large'],
    [21, 'text-large'],
    [22, 'text-huge'],
    [30, 'text-huge'],
  ])('text of %i px gets the class "%s"', (sizePx, expected) => {
    wechat.fontSizeSetting = sizePx
    expect(textSizeClass()).toBe(expected)
  })

  test('only HarmonyOS is known to want a tap before the cashier', () => {
    expect(
      ['ios', 'android', 'ohos', 'ohos_pc', 'devtools'].filter(
        (name) => ((wechat.platform = name), cashierNeedsTap()),
      ),
    ).toEqual(['ohos', 'ohos_pc'])
  })
})

describe('an older base library', async () => {
  const { language, textSizeClass, cashierNeedsTap } = await source<{
    language(): string
    textSizeClass(): string
    cashierNeedsTap(): boolean
  }>('platform/device')
  const { envVersion } = await source<{ envVersion(): string }>('platform/environment')
  const newer = ['getAppBaseInfo', 'getDeviceInfo', 'getAccountInfoSync', 'updateWeChatApp']

  test('is asked by the function that it has', () => {
    Object.assign(wechat, { missing: newer, language: 'en', fontSizeSetting: 22, platform: 'ohos' })
    expect([language(), textSizeClass(), cashierNeedsTap()]).toEqual(['en', 'text-huge', true])
  })

  test('that answers nothing at all speaks Chinese in standard size and opens the cashier by itself', () => {
    wechat.missing = [...newer, 'getSystemInfoSync']
    expect([language(), textSizeClass(), cashierNeedsTap()]).toEqual(['zh', '', false])
  })

  test('whose newer function lacks the size of text is asked by the older one', () => {
    wechat.fontSizeSetting = 22
    wx.getAppBaseInfo = (() => ({ language: 'zh_CN' })) as typeof wx.getAppBaseInfo
    expect(textSizeClass()).toBe('text-huge')
  })

  test('that does not say which version runs is treated as a released one', () => {
    wechat.missing = newer
    expect(envVersion()).toBe('release')
    wechat.missing = []
    wechat.envVersion = undefined as never
    expect(envVersion()).toBe('release')
  })

  test('below the minimum is told at the start to be upgraded, and can be', async () => {
    const { askForUpgrade } = await source<{ askForUpgrade(): void }>('services/ask-for-upgrade')
    wechat.SDKVersion = '2.10.4'
    askForUpgrade()
    expect(wechat.modals).toEqual([
      { title: '请升级微信', content: '当前微信版本较低，部分页面可能无法显示。升级后再打开本小程序即可。' },
    ])
    expect(wechat.went).toEqual(['updateWeChatApp'])
    wechat.missing = newer
    askForUpgrade()
    expect(wechat.modals).toHaveLength(2)
    expect(wechat.went).toHaveLength(1)
  })

  test.each(['2.11.0', '2.11.10', '2.20.0', '3.0.0', '10.0.0', ''])(
    'in version “%s” asks for nothing',
    async (version) => {
      const { askForUpgrade } = await source<{ askForUpgrade(): void }>('services/ask-for-upgrade')
      wechat.SDKVersion = version
      askForUpgrade()
      expect(wechat.modals).toEqual([])
    },
  )
})

describe('navigation', async () => {
  const { openWebView, replaceWithWebView, backToWebView } = await source<{
    openWebView(path: string): Promise<void>
    replaceWithWebView(path: string): Promise<void>
    backToWebView(): Promise<boolean>
  }>('platform/navigation')

  const deep = (depth: number) => (wechat.routes = Array<string>(depth).fill('pages/home/home'))
  const orders = '/pages/web-view/web-view?to=%2Forders'

  test.each([
    [1, 'navigateTo'],
    [8, 'navigateTo'],
    [9, 'redirectTo'],
    [10, 'reLaunch'],
  ])('from depth %i a web-view opens by %s, so that H5 has room for the pay page', async (depth, how) => {
    deep(depth)
    await openWebView('/orders')
    expect(wechat.went).toEqual([`${how} ${orders}`])
  })

  test.each([
    [1, 'redirectTo'],
    [9, 'redirectTo'],
    [10, 'reLaunch'],
  ])('at depth %i a page is replaced with a web-view by %s', async (depth, how) => {
    deep(depth)
    await replaceWithWebView('/orders')
    expect(wechat.went).toEqual([`${how} ${orders}`])
  })

  test('a web-view that cannot be opened above takes the place of the page', async () => {
    deep(3)
    wechat.navigationError = 'fail webview count limit exceed'
    await expect(openWebView('/orders')).rejects.toThrow('redirectTo:fail webview count limit exceed')
    expect(wechat.went).toEqual([`navigateTo ${orders}`, `redirectTo ${orders}`])
  })

  test('goes back to our web-view only', async () => {
    wechat.routes = ['pages/home/home', 'pages/pay/pay']
    expect(await backToWebView()).toBe(false)
    wechat.routes = ['pages/pay/pay']
    expect(await backToWebView()).toBe(false)
    wechat.routes = ['pages/web-view/web-view', 'pages/pay/pay']
    expect(await backToWebView()).toBe(true)
    expect(wechat.went).toEqual(['navigateBack 1'])
  })
})

describe('the host', async () => {
  const { host, releaseHost } = await source<{ host(): string; releaseHost(candidate: string): string }>(
    'config',
  )

  test('of a develop version is the local server', () => {
    expect(host()).toBe('http://127.0.0.1:3000')
  })

  test('of a develop version may be another one on this device', () => {
    wechat.storage.set('host', 'https://dev.example.com')
    expect(host()).toBe('https://dev.example.com')
  })

  test.each(['trial', 'release'] as const)(
    'of a %s version must have been set: the placeholder is refused with what to do',
    (version) => {
      wechat.envVersion = version
      wechat.storage.set('host', 'https://dev.example.com')
      expect(() => host()).toThrow('Set merchantHost in miniprogram/config.ts')
    },
  )

  test.each(['http://shop.example.org', 'https://shop.example.org/', 'https://shop.example.org:8443', ''])(
    '%s is no host that WeChat would allow',
    (candidate) => expect(() => releaseHost(candidate)).toThrow(candidate),
  )

  test('an https host is used as it is', () => {
    expect(releaseHost('https://pay.teahouse.cn')).toBe('https://pay.teahouse.cn')
  })
})

describe('words', async () => {
  const { failureOf } = await source<{ failureOf(thrown: unknown): string }>('services/failure')

  test('a mistake of our own is logged, and shown as a service in trouble rather than a bad network', () => {
    const log = vi.spyOn(console, 'error').mockReturnValue(undefined)
    expect(failureOf(new TypeError('x is undefined'))).toBe('unavailable')
    expect(failureOf('thrown text')).toBe('unavailable')
    expect(log).toHaveBeenCalledTimes(2)
    log.mockRestore()
  })

  test('are all there in both languages, and no Chinese is left in English', async () => {
    const { zh } = await source<{ zh: object }>('words/zh')
    const { en } = await source<{ en: object }>('words/en')
    const keysOf = (words: object): string[] =>
      Object.entries(words).flatMap(([key, value]) =>
        typeof value === 'string' ? [key] : keysOf(value as object).map((below) => `${key}.${below}`),
      )
    expect(keysOf(en)).toEqual(keysOf(zh))
    expect(JSON.stringify(en)).not.toMatch(/\p{Script=Han}|""/u)
    expect(JSON.stringify(zh)).not.toContain('""')
  })
})

describe('a price', async () => {
  const { priceText } = await source<{ priceText(amountFen: number): string }>('services/fen')
  test.each([
    [0, '¥0.00'],
    [1, '¥0.01'],
    [2805, '¥28.05'],
    [100_000_000, '¥1,000,000.00'],
  ])('%i fen reads %s', (amountFen, text) => expect(priceText(amountFen)).toBe(text))
})
