import { describe, expect, test } from 'vitest'
import { fakeWechat, problem } from './fake-wechat.ts'
import { openPage, type Mounted } from './mount.ts'
import { eventually } from '../support/eventually.ts'

const wechat = fakeWechat()

const products = ['longjing', 'tieguanyin', 'puer', 'baicha', 'hongcha'].map((name, index) => ({
  id: `tea-${name}`,
  name: `茶 ${name}`,
  summary: '今年新茶',
  priceFen: 2800 + index,
  picture: `/products/tea-${name}.svg`,
}))

type Home = Mounted<{ loading: boolean; failure: string; cards: { picture: string }[]; textSize: string }>

function open(): Promise<Home> {
  return openPage('pages/home/home')
}

async function openWithGoods(): Promise<Home> {
  wechat.server['GET /products'] = { status: 200, body: { products } }
  const page = await open()
  await eventually(() => expect(page.data.loading).toBe(false))
  return page
}

describe('the home page', () => {
  test('shows the shop and its first four goods with their prices, without signing anybody in', async () => {
    const page = await openWithGoods()
    expect(page.text('shop-name')).toBe('桥付茶舍')
    expect(page.text('card-name')).toBe('茶 longjing')
    expect(page.text('card-price')).toBe('¥28.00')
    expect(page.data.cards).toHaveLength(4)
    expect(page.data.cards[0]?.picture).toBe('http://127.0.0.1:3000/products/tea-longjing.svg')
    expect(wechat.sent.map(({ path }) => path)).toEqual(['/products'])
  })

  test('shows them on a base library without getAppBaseInfo and getDeviceInfo', async () => {
    wechat.missing = ['getAppBaseInfo', 'getDeviceInfo']
    wechat.language = 'en'
    const page = await openWithGoods()
    expect(page.data.cards).toHaveLength(4)
    expect(wechat.titles).toEqual(['Qiaofu Teahouse'])
  })

  test('keeps the place of the goods while they load', async () => {
    wechat.server['GET /products'] = new Promise(() => {})
    const page = await open()
    expect(page.text('ghost-line')).toBe('')
  })

  test('leads to the shop and to the orders, each in a web-view', async () => {
    const page = await openWithGoods()
    page.tapButton('去下单')
    page.tapButton('我的订单')
    page.tap('card', 1)
    expect(wechat.went).toEqual([
      'navigateTo /pages/web-view/web-view?to=%2F',
      'navigateTo /pages/web-view/web-view?to=%2Forders',
      'navigateTo /pages/web-view/web-view?to=%2Fproducts%2Ftea-tieguanyin',
    ])
  })

  test('says what happened when the goods do not come, and loads them on 重试', async () => {
    wechat.server['GET /products'] = problem(500)
    const page = await open()
    await eventually(() => expect(page.text('notice-title')).toBe('服务暂时繁忙'))
    expect(page.text('notice-note')).toBe('如需帮助，请告诉商家编号 req-1')
    wechat.server['GET /products'] = { status: 200, body: { products } }
    page.tapButton('重试')
    await eventually(() => expect(page.text('card-name')).toBe('茶 longjing'))
    expect(page.text('notice-title')).toBe(null)
  })

  test('says that the shop is not ready when it was uploaded without its host, and calls nobody', async () => {
    wechat.envVersion = 'release'
    const page = await open()
    await eventually(() => expect(page.text('notice-title')).toBe('小店还没有准备好'))
    expect(page.text('notice-note')).toBe(null)
    expect(wechat.sent).toEqual([])
  })

  test('says so when nothing is on sale', async () => {
    wechat.server['GET /products'] = { status: 200, body: { products: [] } }
    const page = await open()
    await eventually(() => expect(page.text('nothing')).toBe('暂时没有商品在售'))
  })

  test('loads again when pulled down, and then lets go of the spinner', async () => {
    const page = await openWithGoods()
    wechat.server['GET /products'] = { status: 200, body: { products: products.slice(2) } }
    await page.instance.onPullDownRefresh?.()
    expect(page.text('card-name')).toBe('茶 puer')
    expect(wechat.pullDownsStopped).toBe(1)
  })

  test('keeps the goods on the screen while they load again', async () => {
    const page = await openWithGoods()
    wechat.server['GET /products'] = new Promise(() => {})
    void page.instance.onPullDownRefresh?.()
    expect(page.text('card-name')).toBe('茶 longjing')
  })

  test('speaks English to an English WeChat, and larger to those who asked for it', async () => {
    wechat.language = 'en'
    wechat.fontSizeSetting = 20
    const page = await openWithGoods()
    expect(page.buttons()).toEqual(['My orders', 'Order now'])
    expect(wechat.titles).toEqual(['Qiaofu Teahouse'])
    expect(page.data.textSize).toBe('text-large')
  })

  test('shares itself and nothing else', async () => {
    const page = await openWithGoods()
    expect(page.instance.onShareAppMessage?.()).toEqual({ title: '桥付茶舍', path: '/pages/home/home' })
  })
})
