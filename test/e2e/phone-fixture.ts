import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import { renderSVG } from 'uqr'
import { expect } from 'vitest'
import { buildPhone } from '../../sandbox/phone/build.ts'
import { launchBrowser } from '../support/browser.ts'
import type { SandboxClient } from '../support/sandbox-client.ts'
import { type Stage, openStage } from '../support/sandbox-rules/rule.ts'
import { expectPage } from '../support/walk.ts'

/** A small H5 that says what reached it. Its headers forbid framing and inline scripts, as the shipped ones do. */
export interface FixtureH5 {
  url: string
  /** Headers of every request, newest last. */
  seen: { path: string; headers: IncomingHttpHeaders }[]
  close(): Promise<void>
}

/** The SDK as published; only its CommonJS export is taken out by hand, as a bundler would. */
const sdk = `const module = {};${readFileSync(createRequire(import.meta.url).resolve('weixin-js-sdk'), 'utf8')};window.wx = module.exports`

const page = `<!doctype html><html><head><title>网页</title></head><body>
<p id="who"></p><p id="log"></p><p id="env"></p>
<button id="pay">去原生页</button><button id="post">发消息</button><button id="push">下一步</button>
<a id="leave" href="/second">另一页</a>
<script src="/sdk.js"></script><script src="/page.js"></script></body></html>`

const script = `
document.body.dataset.bridge = 'WeixinJSBridge' in window ? 'there' : 'not yet'
document.addEventListener('WeixinJSBridgeReady', () => { document.body.dataset.bridge += ', ready' })
const say = (text) => { document.querySelector('#log').textContent += text + ';' }
fetch('/who').then((answer) => answer.text()).then((who) => { document.querySelector('#who').textContent = who })
wx.miniProgram.getEnv((env) => { document.querySelector('#env').textContent = 'mini=' + env.miniprogram })
document.addEventListener('visibilitychange', () => say(document.visibilityState))
window.addEventListener('pageshow', (event) => { if (event.persisted) say('pageshow') })
window.addEventListener('focus', (event) => { if (!event.isTrusted) say('focus') })
window.addEventListener('popstate', () => say('pop ' + location.pathname))
document.querySelector('#pay').onclick = () => wx.miniProgram.navigateTo({ url: '/pages/native/native?id=a%2Fb',
  success: (result) => say(result.errMsg), fail: (result) => say(result.errMsg) })
document.querySelector('#post').onclick = () => wx.miniProgram.postMessage({ data: { order: 1 } }) || say('posted')
document.querySelector('#push').onclick = () => { history.pushState({ step: 1 }, '', '/step'); say('pushed') }
const asked = new URLSearchParams(location.search)
if (asked.has('go')) document.body.insertAdjacentHTML('beforeend', '<a id="go">去支付</a>')
for (const link of document.querySelectorAll('#go')) link.href = asked.get('go')
if (asked.has('rel')) document.querySelector('#go').rel = asked.get('rel')
const showCode = { img: (url) => { document.body.append(Object.assign(new Image(240, 240), { src: url })) },
  svg: async (url) => document.body.insertAdjacentHTML('beforeend', '<div style="width:240px">' + await (await fetch(url)).text() + '</div>'),
  canvas: async (url) => { const image = Object.assign(new Image(240, 240), { src: url }); await image.decode()
    const canvas = document.body.appendChild(Object.assign(document.createElement('canvas'), { width: 240, height: 240 }))
    canvas.getContext('2d').drawImage(image, 0, 0, 240, 240) } }
if (asked.has('code')) showCode[asked.get('as')]('/code.svg?text=' + encodeURIComponent(asked.get('code')))
const launch = asked.get('launch')
const openCashier = () => WeixinJSBridge.invoke('getBrandWCPayRequest', JSON.parse(launch), (result) => say(result.err_msg))
if (launch && 'WeixinJSBridge' in window) openCashier()
else if (launch) document.addEventListener('WeixinJSBridgeReady', openCashier)
sessionStorage.setItem('visits', Number(sessionStorage.getItem('visits') || 0) + 1)
say('visits ' + sessionStorage.getItem('visits'))
`

/** Serves the fixture H5 on a free port of 127.0.0.1. */
export async function startFixtureH5(): Promise<FixtureH5> {
  const seen: FixtureH5['seen'] = []
  const server: Server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://h5')
    seen.push({ path: url.pathname + url.search, headers: req.headers })
    if (url.pathname === '/sdk.js') return void res.setHeader('content-type', 'text/javascript').end(sdk)
    if (url.pathname === '/page.js') return void res.setHeader('content-type', 'text/javascript').end(script)
    if (url.pathname === '/picture.svg')
      return void res
        .setHeader('content-type', 'image/svg+xml')
        .setHeader('cross-origin-resource-policy', 'same-origin')
        .end('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"/>')
    if (url.pathname === '/code.svg')
      return void res
        .setHeader('content-type', 'image/svg+xml')
        .end(renderSVG(url.searchParams.get('text') ?? ''))
    if (url.pathname === '/who')
      return void res.end(/who=(\w+)/.exec(req.headers.cookie ?? '')?.[1] ?? 'nobody')
    if (url.pathname === '/enter') {
      res.setHeader('set-cookie', `who=${url.searchParams.get('as')}; HttpOnly; Path=/; SameSite=Lax`)
      return void res.writeHead(302, { location: '/' }).end()
    }
    if (url.pathname === '/asked')
      return void res.end(JSON.stringify({ referer: req.headers.referer, ua: req.headers['user-agent'] }))
    res.setHeader('content-type', 'text/html; charset=utf-8')
    res.setHeader('x-frame-options', 'DENY')
    res.setHeader(
      'content-security-policy',
      "default-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    )
    res.end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const files: Record<string, string> = {
  'app.json': JSON.stringify({
    pages: ['pages/home/home', 'pages/web/web', 'pages/native/native'],
    window: { navigationBarTitleText: '小店' },
  }),
  'app.ts': `App({ launched: 0, onLaunch() { this.launched += 1 } })`,
  'app.wxss': `page { background: #fff } .big { font-size: 40rpx }`,
  'count.ts': `export let count = 0\nexport const add = () => { count += 1; return count }`,
  'pages/home/home.json': '{}',
  'pages/home/home.wxml': `<view class="big">{{greeting}}</view><button bindtap="open">打开网页</button><button bindtap="add">加一</button><view class="count">{{count}}</view><view class="asked">{{asked}}</view>`,
  'pages/home/home.ts': `import { add } from '../../count'
Page({ data: { greeting: '', count: 0, asked: '' },
  onLoad() { wx.request({ url: 'http://127.0.0.1:3000/asked', success: ({ data }) => this.setData({ asked: data.referer + ' ' + data.ua }) })
    wx.login({ success: ({ code }) => this.setData({ greeting: code ? '已登录' : '' }) }) },
  add() { this.setData({ count: add() }) },
  open() { wx.navigateTo({ url: '/pages/web/web' }) } })`,
  'pages/web/web.json': '{}',
  'pages/web/web.wxml': `<web-view src="{{src}}" bindmessage="hear" binderror="trouble" />`,
  'pages/web/web.ts': `Page({ data: { src: '' },
  onLoad(query: { to?: string; src?: string }) { this.setData({ src: query.src ? decodeURIComponent(query.src) : 'http://127.0.0.1:3000' + (query.to ? decodeURIComponent(query.to) : '/enter?as=' + wx.getStorageSync('who')) }) },
  onUnload() { wx.setStorageSync('left', true) },
  trouble(event: { detail: unknown }) { wx.setStorageSync('trouble', event.detail) },
  hear(event: { detail: unknown }) { wx.setStorageSync('heard', event.detail) },
  onShareAppMessage({ webViewUrl }: { webViewUrl: string }) { return { title: '卡片', path: '/pages/web/web?to=' + encodeURIComponent(new URL(webViewUrl).pathname) } } })`,
  'pages/native/native.json': `{ "navigationBarTitleText": "原生页" }`,
  'pages/native/native.wxml': `<view class="id">{{id}}</view><button bindtap="back">返回网页</button>`,
  'pages/native/native.ts': `Page({ data: { id: '' }, onLoad(query: { id: string }) { this.setData({ id: query.id }) }, back() { wx.navigateBack() } })`,
}

/** Writes a mini-program of three pages. `more` adds files or replaces them. */
export function writeFixtureMiniProgram(more: Record<string, string> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'phone-fixture-'))
  for (const [path, text] of Object.entries({ ...files, ...more })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  return dir
}

/** A sandbox with the fixture mini-program and H5, and a browser. */
export interface PhoneFixture {
  sandbox: SandboxClient
  /** Orders as a merchant's server places them. */
  stage: Stage
  h5: FixtureH5
  /** Opens a window at an address of the sandbox; an exception in any page fails the test. */
  open(address: string): Promise<Page>
  /** Closes the windows a test has opened and resets the sandbox, phones included. */
  tidy(): Promise<void>
  close(): Promise<void>
}

/** Builds and starts everything the phone's own tests need. */
export async function startPhoneFixture(more: Record<string, string> = {}): Promise<PhoneFixture> {
  const phoneDir = mkdtempSync(join(tmpdir(), 'phone-built-'))
  await buildPhone({ miniprogramDir: writeFixtureMiniProgram(more), outDir: phoneDir })
  const h5 = await startFixtureH5()
  const stage = await openStage({ phoneDir, h5Url: h5.url })
  const { sandbox } = stage
  const browser = await launchBrowser()
  const contexts: BrowserContext[] = []
  return {
    sandbox,
    stage,
    h5,
    async open(address) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
      contexts.push(context)
      const page = await context.newPage()
      page.on('pageerror', (error) => expect.unreachable(String(error.stack)))
      await page.goto(sandbox.url + address)
      await expectPage(page.getByTestId('phone').first()).toBeVisible()
      return page
    },
    async tidy() {
      await Promise.all(contexts.splice(0).map((context) => context.close()))
      await sandbox.control('/reset', {})
      h5.seen.length = 0
    },
    async close() {
      await browser.close()
      await stage.close()
      await h5.close()
    },
  }
}

/** Puts a value into the mini-program's storage on a phone, as wx.setStorageSync there would. */
export function store(page: Page, phone: string, user: string, key: string, value: unknown): Promise<void> {
  const path = `phone/${phone}/${user}/${MINI_PROGRAM}/${key}`
  return page.evaluate(
    ([at = '', text = '']) => localStorage.setItem(at, text),
    [path, JSON.stringify(value)],
  )
}

/** Appids of the sandbox's demo merchant. */
export const MINI_PROGRAM = 'wx5a17d0c0ffee0002'
export const OFFICIAL_ACCOUNT = 'wx5a17d0c0ffee0001'
