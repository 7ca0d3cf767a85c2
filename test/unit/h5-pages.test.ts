// @vitest-environment jsdom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test, vi } from 'vitest'
import type { Order } from '../../contract/order.ts'
import { forgetEntry } from '../../h5/entry/known-entry.ts'
import { h5PageStage, json, problem } from '../support/h5-page-stage.ts'

const page = h5PageStage()

const order = (
  id: string,
  state: Order['state'] = 'pending',
  displayState?: Order['displayState'],
): Order => ({
  id,
  state,
  displayState: displayState ?? (state === 'pending' ? 'unpaid' : state),
  paying: false,
  payable: state === 'pending',
  lines: [],
  totalFen: 2800,
  createdAt: '2026-11-21T04:00:00Z',
  expiresAt: '2026-11-21T04:30:00Z',
  serverTime: '2026-11-21T04:00:00Z',
  paidAt: null,
  refundedFen: 0,
  closedAt: null,
  closedBy: null,
  cancelling: false,
  cancelAskedAt: null,
})
/** What an order has beside itself, when nothing happened to it. */
const nothingElse = { payments: [], refunds: [], refundableFen: 0, refundRequest: null }
const paidResult = { result: 'paid', paymentId: 'P', refunds: [], askAgainMs: null }
const offline = () => Promise.reject(new TypeError('Failed to fetch'))
const orderNumbers = () => page.app.findAll('[data-testid=order-no]').map((one) => one.text())

describe('every page', () => {
  test('says that an address leads nowhere, and shows the way to the shop', async () => {
    await page.open('/no/such/page')
    expect(page.app.find('h1').text()).toBe('页面不存在')
    expect(page.app.find('a.weui-btn').attributes('href')).toBe('/')
  })

  test.each([`/orders/${'A'.repeat(12)}`, `/orders/${'A'.repeat(14)}/result`, '/orders/A/return'])(
    'takes a damaged address for one that leads nowhere, and asks the server nothing: %s',
    async (path) => {
      await page.open(path)
      expect(page.app.find('h1').text()).toBe('页面不存在')
      expect(page.asked).toEqual([])
    },
  )

  test('sends nobody to ask again what the server cannot read', async () => {
    const id = 'a'.repeat(13)
    page.answers[`GET orders/${id}`] = problem(400, '提交的内容有误，请检查后重试。')
    await page.open(`/orders/${id}`)
    expect(page.app.find('a.weui-btn').text()).toBe('去逛逛')
    expect(page.button('重试')).toBeUndefined()
  })

  test('offers to try again without a network, and shows what then comes', async () => {
    page.answers['GET orders'] = offline
    await page.open('/orders')
    expect(page.app.find('[role=alert] h2').text()).toBe('网络连不上')
    page.answers['GET orders'] = json({ orders: [order('A'.repeat(13))], nextCursor: null })
    await page.button('重试')?.trigger('click')
    await flushPromises()
    expect(orderNumbers()).toEqual(['A'.repeat(13)])
  })

  test('says what the server said, with its advice', async () => {
    page.answers['GET orders'] = problem(
      403,
      '当前是体验模式，请点击“使用完整服务”后再下单。',
      'virtual-account',
    )
    await page.open('/orders')
    expect(page.app.text()).toContain('请点击“使用完整服务”后再下单。')
  })

  test('asks for WeChat where nobody can sign in, and lets look around', async () => {
    sessionStorage.clear()
    forgetEntry()
    page.answers['GET /api/entries'] = json({ entries: [{ code: '01', kind: 'official-account' }] })
    await page.open('/orders')
    expect(page.app.find('h2').text()).toBe('请在微信中打开')
    expect(page.asked).toEqual(['GET /api/entries'])
  })
})

test('shows what others wrote as text: no name, reason or reply becomes an element', async () => {
  const hostile = '<img src=x onerror=alert(1)>{{constructor.constructor(1)()}}<script>alert(1)</script>'
  const id = 'A'.repeat(13)
  const line = {
    productId: 'tea',
    name: hostile,
    picture: 'javascript:alert(1)',
    unitPriceFen: 2800,
    quantity: 1,
    amountFen: 2800,
  }
  const createdAt = '2026-11-21T04:00:00Z'
  const refundRequest = { id: 'r', state: 'declined', reason: hostile, reply: hostile, createdAt }
  page.answers[`GET orders/${id}`] = json({
    ...order(id, 'paid'),
    ...nothingElse,
    lines: [line],
    refundRequest,
  })
  await page.open(`/orders/${id}`)
  expect(page.app.text().split(hostile).length - 1).toBeGreaterThanOrEqual(2)
  expect(page.app.findAll('script, img[src=x], [onerror]')).toEqual([])
})

test('an order beyond the limit of unpaid ones leads to those that can be paid', async () => {
  const line = {
    productId: 'tea',
    name: '茶',
    picture: '/tea.svg',
    unitPriceFen: 2800,
    quantity: 1,
    sumFen: 2800,
    piecesLeft: null,
    purchaseLimit: null,
  }
  page.answers['POST quotes'] = json({ lines: [line], totalFen: 2800 })
  page.answers['POST orders'] = problem(409, '您有 30 个订单还没有支付。', 'too-many-unpaid')
  page.answers['GET orders?state=pending'] = json({ orders: [order('A'.repeat(13))], nextCursor: null })
  await page.open('/confirm?lines=tea:1')
  await page.button('提交订单')?.trigger('click')
  await vi.waitFor(() => expect(page.app.find('[role=alertdialog]').text()).toContain('还没有支付'))
  await page.button('我的订单')?.trigger('click')
  await vi.waitFor(() => expect(orderNumbers()).toEqual(['A'.repeat(13)]))
})

test('a product says how many one customer may buy', async () => {
  const tea = { id: 'tea', name: '茶', summary: '', priceFen: 2800, picture: '/tea.svg', piecesLeft: 9 }
  page.answers['GET products'] = json({ products: [{ ...tea, purchaseLimit: 1 }] })
  await page.open('/products/tea')
  expect(page.app.text()).toContain('每人限购 1 件')
  expect(page.app.find('[aria-label="茶 增加一件"]').attributes('aria-disabled')).toBe('true')
})

describe('the order list', () => {
  test('is empty with a way to the shop', async () => {
    page.answers['GET orders'] = json({ orders: [], nextCursor: null })
    await page.open('/orders')
    expect(page.app.text()).toContain('还没有订单')
  })

  test('asks the server for one state at a time', async () => {
    page.answers['GET orders'] = json({ orders: [order('A'.repeat(13))], nextCursor: null })
    page.answers['GET orders?state=paid'] = json({
      orders: [order('B'.repeat(13), 'paid')],
      nextCursor: null,
    })
    await page.open('/orders')
    await page.app.findAll('nav a').find((link) => link.text() === '已支付')?.trigger('click') // prettier-ignore
    await flushPromises()
    expect(orderNumbers()).toEqual(['B'.repeat(13)])
  })

  test('with none in one state does not say that there is none at all', async () => {
    page.answers['GET orders?state=pending'] = json({ orders: [], nextCursor: null })
    await page.open('/orders?state=pending')
    expect(page.app.find('.notice h2').text()).toBe('没有待支付的订单')
  })

  test('appends the next page, and keeps the first when it does not come', async () => {
    page.answers['GET orders'] = json({ orders: [order('A'.repeat(13))], nextCursor: 'next/1' })
    page.answers['GET orders?cursor=next%2F1'] = offline
    await page.open('/orders')
    await page.button('加载更多')?.trigger('click')
    await flushPromises()
    expect(orderNumbers()).toEqual(['A'.repeat(13)])
    expect(page.app.text()).toContain('请检查网络后重试。')
    page.answers['GET orders?cursor=next%2F1'] = json({ orders: [order('B'.repeat(13))], nextCursor: null })
    await page.button('加载更多')?.trigger('click')
    await flushPromises()
    expect(orderNumbers()).toEqual(['A'.repeat(13), 'B'.repeat(13)])
    expect(page.button('加载更多')).toBeUndefined()
  })

  test('offers to pay what is unpaid, and nothing else', async () => {
    const orders = [order('A'.repeat(13)), order('B'.repeat(13), 'paid'), order('C'.repeat(13), 'closed')]
    page.answers['GET orders'] = json({ orders, nextCursor: null })
    await page.open('/orders')
    expect(page.app.findAll('button').filter((one) => one.text() === '去支付')).toHaveLength(1)
  })

  test('asks again when it comes back out of the browser’s cache', async () => {
    page.answers['GET orders'] = json({ orders: [order('A'.repeat(13))], nextCursor: null })
    await page.open('/orders')
    page.answers['GET orders'] = json({ orders: [order('A'.repeat(13), 'paid')], nextCursor: null })
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    await flushPromises()
    expect(page.app.find('.badge').text()).toBe('已支付')
  })
})

describe('an order', () => {
  test('that was paid in the meantime shows the truth when paying is refused', async () => {
    const id = 'A'.repeat(13)
    page.answers[`GET orders/${id}`] = json({ ...order(id), ...nothingElse })
    page.answers[`POST orders/${id}/payments`] = problem(409, '这笔订单已经支付，不用再付了。', 'order-paid')
    await page.open(`/orders/${id}`)
    page.answers[`GET orders/${id}/result`] = json({ ...paidResult, order: order(id, 'paid') })
    await page.button('去支付')?.trigger('click')
    await vi.waitFor(() => expect(page.app.find('[data-testid="result-title"]').text()).toBe('支付成功'))
    expect(page.button('去支付')).toBeUndefined()
  })

  test('that was closed may be bought again, all of it', async () => {
    const id = 'A'.repeat(13)
    const line = { name: '茶', picture: '/p.svg', unitPriceFen: 100, amountFen: 200, quantity: 2 }
    const lines = [
      { ...line, productId: 'tea-puer' },
      { ...line, productId: 'cup-celadon' },
    ]
    page.answers[`GET orders/${id}`] = json({ ...order(id, 'closed'), ...nothingElse, lines })
    await page.open(`/orders/${id}`)
    const again = page.app.findAll('a').find((link) => link.text() === '再次下单')
    expect(decodeURIComponent(again?.attributes('href') ?? '')).toBe(
      '/confirm?lines=tea-puer:2,cup-celadon:2',
    )
  })

  test('tells what goes back, and why when it was paid twice', async () => {
    const id = 'A'.repeat(13)
    const refund = { paymentId: 'P', createdAt: '2026-11-21T04:00:00Z', succeededAt: null }
    const refunds = [
      { ...refund, id: '1', state: 'processing', surplus: false, amountFen: 100 },
      { ...refund, id: '2', state: 'succeeded', surplus: true, amountFen: 2800 },
    ]
    page.answers[`GET orders/${id}`] = json({ ...order(id, 'paid'), ...nothingElse, refunds })
    await page.open(`/orders/${id}`)
    const facts = page.app.findAll('.facts > div').map((fact) => fact.text())
    expect(facts.filter((fact) => fact.includes('退款'))).toEqual(['退款中¥1.00'])
    expect(page.app.findAll('.hint').map((hint) => hint.text())).toEqual(['您重复支付的 ¥28.00 已原路退回。'])
  })

  test.each([
    ['twice', 'paid', 2800, '您重复支付的 ¥28.00 已原路退回。'],
    ['after it was closed', 'closed', 2800, '订单关闭后到账的 ¥28.00 已原路退回。'],
    ['at an old price', 'pending', 2500, '您按原价付的 ¥25.00 已原路退回。'],
  ] as const)('that was paid %s says what came back', async (_how, state, amountFen, hint) => {
    const id = 'A'.repeat(13)
    const at = '2026-11-21T04:00:00Z'
    const back = {
      id: '1',
      paymentId: 'P',
      state: 'succeeded',
      surplus: true,
      createdAt: at,
      succeededAt: at,
    }
    page.answers[`GET orders/${id}`] = json({
      ...order(id, state),
      ...nothingElse,
      refunds: [{ ...back, amountFen }],
    })
    await page.open(`/orders/${id}`)
    expect(page.app.findAll('.hint').map((one) => one.text())).toEqual([hint])
  })

  test.each([
    ['paid', '已支付', 'badge_good'],
    ['refunding', '退款中', 'badge_busy'],
    ['part-refunded', '部分退款', 'badge_over'],
  ] as const)(
    'shown as %s has the same badge in the list and on its page: %s',
    async (displayState, badge, tone) => {
      const id = 'A'.repeat(13)
      const shown = order(id, 'paid', displayState)
      page.answers['GET orders'] = json({ orders: [shown], nextCursor: null })
      page.answers[`GET orders/${id}`] = json({ ...shown, ...nothingElse })
      for (const path of ['/orders', `/orders/${id}`]) {
        await page.open(path)
        expect(page.app.find('.badge').text()).toBe(badge)
        expect(page.app.find('.badge').classes()).toContain(tone)
      }
    },
  )

  test('that is unpaid, or has nothing left, offers no refund', async () => {
    const id = 'A'.repeat(13)
    page.answers[`GET orders/${id}`] = json({ ...order(id, 'paid'), ...nothingElse })
    await page.open(`/orders/${id}`)
    expect(page.button('申请退款')).toBeUndefined()
  })

  test('of somebody else is not shown', async () => {
    const id = 'B'.repeat(13)
    page.answers[`GET orders/${id}`] = problem(404, '没有找到这笔订单，请从“我的订单”里打开。')
    await page.open(`/orders/${id}`)
    expect(page.app.find('h2').text()).toBe('没有找到')
    expect(page.app.find('[data-testid=order-no]').exists()).toBe(false)
  })
})

describe('the result of a cancelled order', () => {
  const id = 'A'.repeat(13)
  const closed = (closedBy: Order['closedBy']) =>
    json({
      ...paidResult,
      result: 'closed',
      order: { ...order(id, 'closed', closedBy === 'buyer' ? 'cancelled' : 'closed'), closedBy },
    })

  test.each([
    ['buyer', '订单已取消', '您已取消这个订单。如果刚刚付过款，会自动为您处理。'],
    ['expiry', '订单已关闭', '订单已过支付时间。如果刚刚付过款，会自动为您处理。'],
  ] as const)('names who closed it: %s', async (closedBy, title, advice) => {
    page.answers[`GET orders/${id}/result`] = closed(closedBy)
    await page.open(`/orders/${id}/result`)
    expect(page.app.find('[data-testid="result-title"]').text()).toBe(title)
    expect(page.app.text()).toContain(advice)
  })
})

describe('the result of a paid order', () => {
  const id = 'A'.repeat(13)
  const back = { paymentId: 'P', createdAt: '2026-11-21T04:00:00Z', succeededAt: null, surplus: false }
  const shown = (displayState: Order['displayState'], refunds: unknown[]) =>
    json({
      order: order(id, 'paid', displayState),
      result: 'paid',
      paymentId: 'P',
      refunds,
      askAgainMs: null,
    })

  test.each([
    ['nothing went back', 'paid', '支付成功', 'good', [], '谢谢惠顾，我们会尽快为您备货。'],
    [
      'some is on its way',
      'part-refunding',
      '已支付，部分退款中',
      'busy',
      [{ ...back, id: '1', state: 'processing', amountFen: 100 }],
      '¥1.00 正在原路退回。',
    ],
    [
      'some went back and the rest is on its way',
      'refunding',
      '退款中',
      'busy',
      [
        { ...back, id: '1', state: 'succeeded', amountFen: 2000 },
        { ...back, id: '2', state: 'processing', amountFen: 800 },
      ],
      '¥20.00 已原路退回。 ¥8.00 正在原路退回。',
    ],
    [
      'all went back',
      'refunded',
      '已退款',
      'over',
      [
        { ...back, id: '1', state: 'succeeded', amountFen: 2000 },
        { ...back, id: '2', state: 'succeeded', amountFen: 800 },
      ],
      '¥28.00 已原路退回。',
    ],
    [
      'only a second payment went back',
      'paid',
      '支付成功',
      'good',
      [{ ...back, id: '1', state: 'succeeded', amountFen: 2800, surplus: true }],
      '谢谢惠顾，我们会尽快为您备货。',
    ],
  ] as const)('of which %s says so', async (_what, displayState, title, tone, refunds, advice) => {
    page.answers[`GET orders/${id}/result`] = shown(displayState, [...refunds])
    await page.open(`/orders/${id}/result`)
    expect(page.app.find('[data-testid=result-title]').text()).toBe(title)
    expect(page.app.find('.result__sign').classes()).toContain(`result__sign_${tone}`)
    expect(page.app.find('.result__advice').text()).toBe(advice)
  })
})
