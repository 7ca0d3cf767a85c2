import { describe, expect, test } from 'vitest'
import { fakeWechat, problem } from './fake-wechat.ts'
import { openPage, type Mounted } from './mount.ts'
import { eventually } from '../support/eventually.ts'

const wechat = fakeWechat()

type WebView = Mounted<{ src: string; failure: string }>

const shop = 'http://127.0.0.1:3000'

async function open(to?: string): Promise<WebView> {
  let issued = 0
  wechat.server['POST /web-view-tickets'] ??= () => ({
    status: 200,
    body: { ticket: `ticket-${++issued}`, expiresAt: '' },
  })
  return openPage('pages/web-view/web-view', to === undefined ? {} : { to })
}

async function openSignedIn(to?: string): Promise<WebView> {
  const page = await open(to)
  await eventually(() => expect(page.data.src).not.toBe(''))
  return page
}

describe('the web-view page', () => {
  test('signs the web-view in with a ticket that travels in the fragment only', async () => {
    const page = await openSignedIn('%2Forders')
    expect(page.data.src).toBe(`${shop}/enter#e=02&t=ticket-1&to=%2Forders`)
    expect(wechat.sent.at(-1)?.header.authorization).toBe('Bearer token-1')
  })

  test('opens on a base library without getAppBaseInfo and getDeviceInfo', async () => {
    wechat.missing = ['getAppBaseInfo', 'getDeviceInfo']
    expect((await openSignedIn()).data.src).toContain('#e=02&t=ticket-1')
  })

  test.each([
    [undefined, '/'],
    ['', '/'],
    ['%2Forders%3Fstate%3Dpending', '/orders?state=pending'],
    ['/orders/7KQ2M9/result', '/orders/7KQ2M9/result'],
    ['%2F%2Fevil.example', '/'],
    ['%2F%5Cevil.example', '/'],
    ['https%3A%2F%2Fevil.example', '/'],
    ['%2Forders%23t%3Dstolen', '/'],
    ['%E0%A4%A', '/'],
  ])('opened with to=%s shows %s: a path of our H5 and nothing else', async (to, path) => {
    const page = await openSignedIn(to)
    expect(page.data.src).toBe(`${shop}/enter#e=02&t=ticket-1&to=${encodeURIComponent(path)}`)
  })

  test('says that it is opening while the ticket is under way', async () => {
    wechat.server['POST /web-view-tickets'] = new Promise(() => {})
    const page = await open()
    expect(page.text('opening')).toBe('正在打开')
  })

  test('offers 重试 when no ticket comes, and opens with it', async () => {
    wechat.server['POST /web-view-tickets'] = problem(503)
    const page = await open('%2Forders')
    await eventually(() => expect(page.text('notice-title')).toBe('服务暂时繁忙'))
    expect(page.text('notice-note')).toBe('如需帮助，请告诉商家编号 req-1')
    wechat.server['POST /web-view-tickets'] = { status: 200, body: { ticket: 'ticket-9' } }
    page.tapButton('重试')
    await eventually(() => expect(page.data.src).toContain('t=ticket-9&to=%2Forders'))
  })

  test('asks for a fresh ticket when the page could not be shown: the first one may be spent', async () => {
    const page = await openSignedIn('%2Forders')
    page.instance.onWebViewError?.()
    expect(page.data.src).toBe('')
    expect(page.text('notice-title')).toBe('页面没有打开')
    page.tapButton('重试')
    await eventually(() => expect(page.data.src).toContain('t=ticket-2&to=%2Forders'))
  })

  test('a ticket that comes after the page was left is dropped', async () => {
    const page = await open()
    page.unload()
    await eventually(() => expect(wechat.sent.at(-1)?.path).toBe('/web-view-tickets'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(page.data.src).toBe('')
  })

  test('a failure that comes after the page was left is dropped', async () => {
    wechat.server['POST /web-view-tickets'] = problem(500)
    const page = await open()
    page.unload()
    await eventually(() => expect(wechat.sent.at(-1)?.path).toBe('/web-view-tickets'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(page.data.failure).toBe('')
  })
})

describe('a card shared from the web-view', () => {
  const share = (page: WebView, webViewUrl?: string) =>
    page.instance.onShareAppMessage?.({ webViewUrl }) as { title: string; path: string }

  test('carries the path on the screen, without query and fragment', async () => {
    const page = await openSignedIn('%2F')
    const card = share(page, `${shop}/products/tea-longjing?from=list&openid=o1#t=ticket-1`)
    expect(card).toEqual({
      title: '桥付茶舍',
      path: '/pages/web-view/web-view?to=%2Fproducts%2Ftea-longjing',
    })
  })

  test('carries the front page when the front page is on the screen', async () => {
    const page = await openSignedIn('%2Forders')
    expect(share(page, `${shop}/`).path).toBe('/pages/web-view/web-view?to=%2F')
  })

  test.each([
    undefined,
    `${shop}/enter#e=02&t=ticket-1&to=%2F`,
    'https://evil.example/x',
    `${shop}.evil.example/x`,
  ])('falls back to the path it was opened for when WeChat reports %s', async (address) => {
    const page = await openSignedIn('%2Forders%3Fstate%3Dpending')
    expect(share(page, address).path).toBe('/pages/web-view/web-view?to=%2Forders')
  })
})
