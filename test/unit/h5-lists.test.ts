// @vitest-environment jsdom
import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { getProducts } from '../../h5/api/catalogue.ts'
import { lineNote } from '../../h5/line-notes.ts'
import { nextLookMs } from '../../h5/order-clock.ts'
import { heedTitleBar } from '../../h5/title-bar.ts'
import { detail, goods, line, order } from '../support/h5-orders.ts'
import { h5PageStage, json, problem } from '../support/h5-page-stage.ts'

const page = h5PageStage()

const path = `orders/${'A'.repeat(13)}`
const names = (selector: string) => page.app.findAll(selector).map((one) => one.attributes('aria-label'))

describe('a list names what it lists', () => {
  test('an order of several products says each of them, to the eye and in its link', async () => {
    page.answers['GET orders'] = json({ orders: [order('A', 5)], nextCursor: null })
    await page.open('/orders')
    expect(page.app.find('.order-card__look').text()).toContain(goods.join('、'))
    expect(page.app.findAll('.order-card__look img')).toHaveLength(4)
    expect(page.app.text()).toContain('另有 1 种')
  })

  test('each 去支付 says which order it pays', async () => {
    const orders = [order('A', 1), order('B', 1), order('C', 5)]
    page.answers['GET orders'] = json({ orders, nextCursor: null })
    await page.open('/orders')
    expect(names('.order-card__pay button')).toEqual([
      `去支付 明前龙井，¥28.00，订单号 ${'A'.repeat(13)}`,
      `去支付 明前龙井，¥28.00，订单号 ${'B'.repeat(13)}`,
      `去支付 明前龙井、熟普洱、青瓷杯等 5 种，¥140.00，订单号 ${'C'.repeat(13)}`,
    ])
  })

  test('the time that is left is told by no card of a list, so that ten of them do not talk at once', async () => {
    const soon = { serverTime: '2026-11-21T04:25:00Z' }
    const orders = [order('A', 1, soon), order('B', 1, soon)]
    page.answers['GET orders'] = json({ orders, nextCursor: null })
    await page.open('/orders')
    expect(page.app.findAll('[data-testid="time-left"]')).toHaveLength(2)
    expect(page.app.find('.order-card__pay').text()).toContain('支付时间还剩约 5 分钟')
    expect(page.app.findAll('[role=status], [aria-live]')).toEqual([])
  })

  test('each filter says how many orders it has, and one of them lists refunds', async () => {
    const counts = { pending: 3, paid: 100, closed: 0, refund: 2 }
    page.answers['GET orders?state=refund'] = json({ orders: [], nextCursor: null, counts })
    await page.open('/orders?state=refund')
    const filters = page.app.findAll('.filter a').map((one) => one.text().replace(/\s+/g, ' '))
    expect(filters).toEqual(['全部', '待支付 3', '已支付 99+', '已关闭', '退款/售后 2'])
    expect(page.app.text()).toContain('没有退款/售后的订单')
  })

  test('a payment says what was paid for', async () => {
    const payment = {
      id: '0'.repeat(32),
      orderId: 'A'.repeat(13),
      state: 'paid',
      entryCode: '02',
      entryKind: 'mini-program',
      amountFen: 5600,
      createdAt: '2026-11-21T04:00:00Z',
      expiresAt: '2026-11-21T04:30:00Z',
      paidAt: '2026-11-21T04:01:00Z',
      lines: [line(0), line(1)],
    }
    page.answers['GET payments'] = json({ payments: [payment], nextCursor: null })
    await page.open('/payments')
    expect(page.app.find('.order-card__look').text()).toContain('明前龙井、熟普洱')
    expect(page.app.find('.order-card__look button').exists()).toBe(false)
    expect(names('button[aria-label^="复制"]')).toEqual(['复制订单号', '复制支付单号'])
    expect(page.app.findAll('.copy .number').map((one) => one.text())).toEqual([
      'A'.repeat(13),
      '0'.repeat(32),
    ])
    expect(page.app.findAll('[role=status]')).toEqual([])
    await page.app.find('button[aria-label="复制订单号"]').trigger('click')
    await vi.waitFor(() => expect(page.app.find('.copy__said').text()).not.toBe(''))
    const regions = [...document.querySelectorAll('[role=status]')]
    expect(regions.map((one) => one.textContent)).toEqual([page.app.find('.copy__said').text()])
  })

  test('each 立即购买 on the shelf is named by its product', async () => {
    const product = { summary: '', priceFen: 1, picture: '/p.svg', piecesLeft: null, purchaseLimit: null }
    const products = [
      { ...product, id: 'a', name: '茶' },
      { ...product, id: 'b', name: '杯' },
    ]
    page.answers['GET products'] = json({ products })
    await page.open('/')
    const said = page.app.findAll('.goods__buy > .weui-btn').map((button) =>
      (button.attributes('aria-labelledby') ?? '')
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent?.trim())
        .join(' '),
    )
    expect(said).toEqual(['立即购买 茶', '立即购买 杯'])
  })

  test('pictures wait until they are near, keep their place, and ours stands where one does not come', async () => {
    page.answers['GET orders'] = json({ orders: [order('A', 2)], nextCursor: null })
    await page.open('/orders')
    const pictures = page.app.findAll('img')
    expect(pictures.map((one) => one.attributes())).toMatchObject(
      [0, 1].map((place) => ({
        loading: 'lazy',
        width: '56',
        height: '56',
        src: `/products/p-${place}.svg`,
      })),
    )
    await pictures[0]!.trigger('error')
    expect(page.app.findAll('img')).toHaveLength(1)
    expect(page.app.findAll('.goods-row .picture')[0]?.find('svg').exists()).toBe(true)
  })
})

describe('an order on the screen', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms)
    await flushPromises()
  }
  const asked = () => page.asked.filter((request) => request === `GET ${path}`).length

  test('loses 去支付 when its time is over, by the server’s clock and whatever the phone’s says', async () => {
    page.answers[`GET ${path}`] = json(detail({}))
    await page.open(`/${path}`)
    expect(page.button('去支付')).toBeDefined()
    page.answers[`GET ${path}`] = json(detail({ payable: false, serverTime: '2026-11-21T04:29:01Z' }))
    await pass(28 * 60_000)
    expect(asked()).toBe(1)
    await pass(61_000)
    expect(page.button('去支付')).toBeUndefined()
    page.answers[`GET ${path}`] = json(detail({ state: 'closed', payable: false }))
    await pass(120_000)
    expect(page.app.find('.badge').text()).toBe('已关闭')
    const atTheEnd = asked()
    await pass(3_600_000)
    expect(asked()).toBe(atTheEnd)
  })

  test('asks again soon when the answer at that moment did not come', async () => {
    page.answers[`GET ${path}`] = json(detail({}))
    await page.open(`/${path}`)
    page.answers[`GET ${path}`] = () => Promise.reject(new TypeError('Failed to fetch'))
    await pass(29 * 60_000 + 1_000)
    expect(asked()).toBe(2)
    page.answers[`GET ${path}`] = json(detail({ state: 'closed', payable: false }))
    await pass(16_000)
    expect(page.app.find('.badge').text()).toBe('已关闭')
  })

  test('in the list too', async () => {
    page.answers['GET orders'] = json({ orders: [order('A', 1)], nextCursor: null })
    await page.open('/orders')
    page.answers['GET orders'] = json({
      orders: [order('A', 1, { state: 'closed', payable: false })],
      nextCursor: null,
    })
    await pass(29 * 60_000 + 1_000)
    expect(page.app.find('.badge').text()).toBe('已关闭')
  })

  test('is asked for when the page is seen again, as many of a list as were shown', async () => {
    page.answers['GET orders'] = json({ orders: [order('A', 1)], nextCursor: 'n' })
    page.answers['GET orders?cursor=n'] = json({ orders: [order('B', 1)], nextCursor: null })
    await page.open('/orders')
    await page.button('加载更多')?.trigger('click')
    await flushPromises()
    page.answers['GET orders?cursor=n'] = json({
      orders: [order('B', 1, { state: 'paid', payable: false })],
      nextCursor: null,
    })
    document.dispatchEvent(new Event('visibilitychange'))
    await flushPromises()
    expect(page.app.findAll('.badge').map((one) => one.text())).toEqual(['待支付', '已支付'])
  })

  test.each([
    ['paid', { state: 'paid' }, null],
    ['closed', { state: 'closed' }, null],
    ['payable', {}, 29 * 60_000 + 500],
    ['being paid', { displayState: 'paying' }, 10_500],
    ['being refunded', { state: 'paid', displayState: 'refunding' }, 60_500],
    ['in its last minute', { serverTime: '2026-11-21T04:29:30Z' }, 90_500],
    ['overdue and not closed yet', { serverTime: '2026-11-21T04:40:00Z' }, 10_500],
    ['of a server that tells no time', { serverTime: undefined as unknown as string }, null],
  ] as const)('that is %s is looked at again in due time', (_what, more, expected) => {
    expect(nextLookMs(order('A', 1, more))).toBe(expected)
  })

  test('says by how much the shop changed its price', async () => {
    const priceChanges = [{ at: '2026-11-21T04:05:00Z', fromFen: 5600, toFen: 4000 }]
    page.answers[`GET ${path}`] = json({ ...detail({ totalFen: 4000 }), priceChanges })
    await page.open(`/${path}`)
    const facts = page.app.findAll('.facts > div').map((fact) => fact.text())
    expect(facts.find((fact) => fact.startsWith('商家改价'))).toContain('¥56.00 改为 ¥40.00')
  })
})

describe('confirm says at the line', () => {
  const quoted = (place: number, more: object = {}) => ({
    ...line(place),
    piecesLeft: null,
    purchaseLimit: null,
    ...more,
  })
  const notes = () => page.app.findAll('.line__note').map((note) => note.text())
  const open = async (lines: object[], query = 'p-0:3,p-1:1') => {
    page.answers['POST quotes'] = json({ lines, totalFen: 5600 })
    await page.open(`/confirm?lines=${query}`)
  }
  const tap = async (text: string) => {
    await page.button(text)?.trigger('click')
    await flushPromises()
  }

  test('that there is too little, and takes what there is by one tap', async () => {
    await open([quoted(0, { piecesLeft: 2 }), quoted(1)])
    expect(notes()).toEqual(['只剩 2 件，请减少数量'])
    await tap('提交订单')
    expect(page.asked).not.toContain('POST orders')
    expect(document.activeElement?.textContent).toContain('只剩 2 件')
    await tap('改为 2 件')
    expect(notes()).toEqual(['仅剩 2 件'])
  })

  test('that it is sold out, and lets remove even the only one', async () => {
    await open([quoted(0, { piecesLeft: 0 })], 'p-0:1')
    expect(notes()).toEqual(['已售罄，请移除'])
    expect(names('.line__links button')).toEqual(['移除 明前龙井'])
  })

  test('that a product is gone, and what the others cost', async () => {
    let asked = 0
    const gone = () =>
      Response.json(
        {
          type: '/problems/invalid-input',
          title: 'x',
          status: 400,
          detail: '有商品已下架，请返回重新选择。',
          code: 'product-gone',
          errors: [{ path: 'lines.0.productId', message: '商品不存在或已下架' }],
          requestId: 'r',
        },
        { status: 400 },
      )
    page.answers['POST quotes'] = () =>
      asked++ === 0 ? gone() : Response.json({ lines: [quoted(1)], totalFen: 2800 })
    await page.open('/confirm?lines=p-0:1,p-1:1')
    expect(notes()).toEqual(['已下架，请移除'])
    expect(page.app.text()).toContain('熟普洱')
    expect(page.app.find('.bar__sum').text()).toContain('¥28.00')
  })

  test('what the server refused it for', async () => {
    await open([quoted(0), quoted(1)])
    page.answers['POST orders'] = () =>
      Response.json(
        {
          type: '/problems/conflict',
          title: 'Conflict',
          status: 409,
          detail: '“熟普洱”每人限购 1 件（含已下单的），请调整数量。',
          code: 'purchase-limit',
          errors: [{ path: 'lines.1.quantity', message: '每人限购 1 件（含已下单的）' }],
          requestId: 'r',
        },
        { status: 409 },
      )
    await tap('提交订单')
    expect(notes()).toEqual(['每人限购 1 件（含已下单的）'])
  })

  test('that its price is not the one on the shelf', async () => {
    const product = { id: 'p-0', name: '明前龙井', summary: '', picture: '/p.svg', priceFen: 2500 }
    page.answers['GET products'] = json({ products: [{ ...product, piecesLeft: null, purchaseLimit: null }] })
    await getProducts()
    await open([quoted(0)], 'p-0:1')
    expect(notes()).toEqual(['价格有变动：原 ¥25.00，现 ¥28.00'])
  })

  test('and, when the price moved while the order was placed, old and new of each product', async () => {
    await open([quoted(1)], 'p-1:1')
    page.answers['POST orders'] = json({
      ...order('A', 0),
      lines: [{ ...line(1), unitPriceFen: 3000 }],
      totalFen: 3000,
    })
    page.answers['POST quotes'] = json({ lines: [quoted(1)], totalFen: 2800 })
    await tap('提交订单')
    expect(page.app.find('[role=alertdialog]').text()).toContain('熟普洱 原 ¥28.00，现 ¥30.00')
  })

  test.each([
    [{ piecesLeft: null, purchaseLimit: null }, 99, null],
    [{ piecesLeft: 3, purchaseLimit: 2 }, 3, { kind: 'limit', count: 2 }],
    [{ piecesLeft: 2, purchaseLimit: 2 }, 2, { kind: 'last-pieces', count: 2 }],
    [{ piecesLeft: null, purchaseLimit: 2 }, 2, { kind: 'at-limit', count: 2 }],
    [{ piecesLeft: 0, purchaseLimit: 2 }, 1, { kind: 'sold-out' }],
  ])('of %o and %i wanted: %o', (bounds, quantity, note) => {
    expect(lineNote(bounds, quantity)).toEqual(note)
  })
})

test('a page that failed gives the request’s number, to be copied', async () => {
  page.answers['GET orders'] = problem(500, '系统开小差了，请稍后再试。')
  await page.open('/orders')
  await vi.waitFor(() => expect(page.app.find('[role=alert] .number').text()).toBe('r'))
  const copied = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve())
  vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { clipboard: { writeText: copied } }))
  await page.app.find('[aria-label="复制请求编号"]').trigger('click')
  await vi.waitFor(() => expect(copied).toHaveBeenCalledWith('r'))
  await vi.waitFor(() => expect(page.app.find('.copy__said').text()).toBe('已复制'))
})

describe('the title', () => {
  const wechat = 'Mozilla/5.0 (Linux; Android 15; wv) AppleWebKit/537.36 Mobile MicroMessenger/8.0.60'
  const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile'

  test.each([
    [wechat, true],
    [`${wechat} miniProgram/wx0`, true],
    [`${phone} AlipayClient/10.6.0`, true],
    [phone, false],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', false],
  ])('is left to the bar above the page where there is one: %s', (userAgent, isBar) => {
    vi.stubGlobal('navigator', { userAgent })
    heedTitleBar()
    expect(document.documentElement.classList.contains('has-title-bar')).toBe(isBar)
  })

  test.each(['/orders', '/payments', '/confirm', '/no/such/page', `/${path}`, '/products/gone', '/'])(
    'is marked where a heading only repeats it: %s',
    async (address) => {
      page.answers['GET products'] = json({ products: [] })
      await page.open(address)
      const heading = page.app.find('h1')
      expect(heading.text()).toBe(document.title)
      expect(heading.classes()).toContain('title')
    },
  )
})
