// @vitest-environment jsdom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test, vi } from 'vitest'
import type { Order } from '../../contract/order.ts'
import { h5PageStage, json, problem } from '../support/h5-page-stage.ts'

const page = h5PageStage()

const wentTo = vi.hoisted(() => vi.fn<(option: { url: string }) => void>())
vi.mock('weixin-js-sdk', () => ({ default: { miniProgram: { navigateTo: wentTo } } }))
const inMiniProgram = () =>
  vi.stubGlobal('navigator', {
    ...navigator,
    userAgent: 'MicroMessenger/8.0.60 miniProgram/wx0',
    onLine: true,
  })

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

describe('an order', () => {
  test('that is paid may be asked back, with a reason, and shows the shop’s answer', async () => {
    const id = 'A'.repeat(13)
    const request = {
      id: 'R',
      state: 'open',
      reason: '不想要了',
      reply: null,
      createdAt: '2026-11-21T04:00:00Z',
    }
    const shown = (refundRequest: unknown) =>
      json({ ...order(id, 'paid'), ...nothingElse, refundableFen: 2800, refundRequest })
    page.answers[`GET orders/${id}`] = shown(null)
    page.answers[`POST orders/${id}/refund-requests`] = json(request)
    await page.open(`/orders/${id}`)
    const shownWhole = vi.fn<(where?: boolean | ScrollIntoViewOptions) => void>()
    HTMLElement.prototype.scrollIntoView = shownWhole
    await page.button('申请退款')?.trigger('click')
    await flushPromises()
    expect(shownWhole.mock.contexts).toEqual([page.app.find('.refund__form').element])
    await page.button('提交申请')?.trigger('click')
    expect(page.app.find('#refund-fault').text()).toBe('请先写一下退款原因。')
    expect(page.app.find('textarea').attributes()).toMatchObject({
      'aria-invalid': 'true',
      'aria-describedby': 'refund-fault',
    })
    expect(document.activeElement).toBe(page.app.find('textarea').element)
    expect(page.app.find('.weui-toptips').exists()).toBe(false)
    expect(page.asked).not.toContain(`POST orders/${id}/refund-requests`)
    await page.app.find('textarea').setValue(' 不想要了 ')
    page.answers[`GET orders/${id}`] = shown(request)
    await page.button('提交申请')?.trigger('click')
    await flushPromises()
    expect(page.asked).toContain(`POST orders/${id}/refund-requests`)
    expect(page.app.text()).not.toContain('请先写一下退款原因。')
    expect(page.app.find('[role=status] .hint_good').text()).toBe('退款申请已提交，请等待商家处理。')
    expect(document.activeElement).toBe(page.app.find('.hint_good').element)
    expect(page.app.text()).toContain('已申请')
    expect(page.button('申请退款')).toBeUndefined()
    page.answers[`GET orders/${id}`] = shown({ ...request, state: 'declined', reply: '已经发货' })
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    await flushPromises()
    expect(page.app.text()).toContain('商家答复：已经发货')
    expect(page.app.find('.hint_good').exists()).toBe(false)
    expect(page.button('申请退款')).toBeDefined()
  })

  test('is cancelled after a question, and reads so while a close is unanswered', async () => {
    const id = 'A'.repeat(13)
    page.answers[`GET orders/${id}`] = json({ ...order(id), ...nothingElse })
    await page.open(`/orders/${id}`)
    await page.button('取消订单')?.trigger('click')
    expect(page.app.find('[role="alertdialog"]').text()).toContain('取消这个订单？')
    const cancelling = { ...order(id, 'pending', 'cancelling'), cancelling: true, payable: false }
    page.answers[`POST orders/${id}/cancel`] = json({ ...cancelling, ...nothingElse })
    page.answers[`GET orders/${id}`] = json({ ...cancelling, ...nothingElse })
    await page.app.find('.weui-dialog__btn_primary').trigger('click')
    await vi.waitFor(() => expect(page.app.find('.badge').text()).toBe('正在取消'))
    expect(page.app.text()).toContain('正在确认没有付款')
    expect([page.button('取消订单'), page.button('去支付')]).toEqual([undefined, undefined])
  })

  test('that turns out to be paid when it is cancelled shows its result', async () => {
    const id = 'A'.repeat(13)
    page.answers[`GET orders/${id}`] = json({ ...order(id), ...nothingElse })
    await page.open(`/orders/${id}`)
    page.answers[`POST orders/${id}/cancel`] = problem(409, '这个订单已经支付成功，不能取消。', 'order-paid')
    page.answers[`GET orders/${id}/result`] = json({ ...paidResult, order: order(id, 'paid') })
    await page.button('取消订单')?.trigger('click')
    await page.app.find('.weui-dialog__btn_primary').trigger('click')
    await vi.waitFor(() => expect(page.app.find('[data-testid="result-title"]').text()).toBe('支付成功'))
  })

  test('that stands although it was cancelled says why, and one cancelled says who closed it', async () => {
    const id = 'A'.repeat(13)
    const cancelAskedAt = '2026-11-21T04:01:00Z'
    page.answers[`GET orders/${id}`] = json({ ...order(id, 'paid'), ...nothingElse, cancelAskedAt })
    await page.open(`/orders/${id}`)
    expect(page.app.text()).toContain('您取消之前，这笔款已经付成功')
    page.app.unmount()
    const cancelled = { ...order(id, 'closed', 'cancelled'), closedBy: 'buyer', cancelAskedAt }
    page.answers[`GET orders/${id}`] = json({ ...cancelled, ...nothingElse })
    await page.open(`/orders/${id}`)
    expect(page.app.find('.badge').text()).toBe('已取消')
    expect(page.app.text()).toContain('您已取消这个订单。')
    page.app.unmount()
    const closed = { result: 'closed', paymentId: null, refunds: [], askAgainMs: null, order: cancelled }
    page.answers[`GET orders/${id}/result`] = json(closed)
    await page.open(`/orders/${id}/result`)
    expect(page.app.find('.result__title').text()).toBe('订单已取消')
    expect(page.app.find('.result__advice').text()).toContain('您已取消这个订单。')
  })

  test('that is being cancelled says on its result page until when, and not that its time is over', async () => {
    const id = 'A'.repeat(13)
    const cancelling = { ...order(id, 'pending', 'cancelling'), cancelling: true, payable: false }
    const result = { result: 'unpaid', paymentId: 'P', refunds: [], askAgainMs: null, order: cancelling }
    page.answers[`GET orders/${id}/result`] = json(result)
    await page.open(`/orders/${id}/result`)
    expect(page.app.find('.result__title').text()).toBe('正在取消订单')
    expect(page.app.find('.result__advice').text()).toContain('正在确认没有付款，确认后自动取消')
  })

  test.each([
    ['open', '已申请', 'badge_busy'],
    ['declined', '未同意', ''],
    ['withdrawn', '已撤回', ''],
  ] as const)('whose request is %s says %s in the tone of that', async (state, word, tone) => {
    const id = 'A'.repeat(13)
    const refundRequest = {
      id: 'R',
      state,
      reason: '不想要了',
      reply: null,
      refund: null,
      createdAt: '2026-11-21T04:00:00Z',
      endedAt: '2026-11-21T05:00:00Z',
    }
    page.answers[`GET orders/${id}`] = json({ ...order(id, 'paid'), ...nothingElse, refundRequest })
    await page.open(`/orders/${id}`)
    const badge = page.app.findAll('.badge').find((one) => one.text() === word)
    expect(
      badge
        ?.classes()
        .filter((name) => name !== 'badge')
        .join(),
    ).toBe(tone)
  })

  test.each<Order['state']>(['pending', 'paid', 'closed'])(
    'that is %s leaves no grey bar of the loading behind',
    async (state) => {
      const id = 'A'.repeat(13)
      page.answers[`GET orders/${id}`] = json({ ...order(id, state), ...nothingElse })
      await page.open(`/orders/${id}`)
      await vi.waitFor(() => expect(page.app.find('.badge').exists()).toBe(true))
      expect(page.app.findAll('.bone')).toEqual([])
    },
  )

  test('counts down from the server’s time, whatever the phone’s clock says', async () => {
    const id = 'A'.repeat(13)
    const times = { serverTime: '2001-01-01T00:00:00Z', expiresAt: '2001-01-01T00:05:00Z' }
    page.answers[`GET orders/${id}`] = json({ ...order(id), ...nothingElse, ...times })
    await page.open(`/orders/${id}`)
    const left = page.app.find('[data-testid="time-left"]')
    expect(left.text()).toMatch(/^剩余 (5:00|4:5\d)$/)
    expect(left.attributes('aria-hidden')).toBe('true')
    const status = page.app.findAll('[role="status"]').map((one) => one.text())
    expect(status).toContain('支付时间还剩约 5 分钟')
  })

  test.each([
    ['underway', true],
    ['abnormal', false],
  ] as const)(
    'promises no days and no account for a refund that its account did not take: %s',
    async (outcome, isPromised) => {
      const id = 'A'.repeat(13)
      const at = '2026-11-21T04:05:00Z'
      const refund = {
        id: 'R1',
        paymentId: 'P',
        state: 'processing',
        surplus: false,
        amountFen: 2800,
        createdAt: at,
        succeededAt: null,
        submittedAt: at,
        reason: null,
        receivedAccount: '支付用户零钱',
        goesTo: 'balance',
      }
      const refundRequest = {
        id: 'Q',
        state: 'approved',
        reason: '破损',
        reply: null,
        createdAt: at,
        endedAt: at,
        refund: { id: 'R1', amountFen: 2800, outcome },
      }
      page.answers[`GET orders/${id}`] = json({
        ...order(id, 'paid'),
        ...nothingElse,
        refunds: [refund],
        refundRequest,
      })
      await page.open(`/orders/${id}`)
      expect(page.app.find('.progress').exists()).toBe(true)
      expect(page.app.text().includes('几分钟内到账')).toBe(isPromised)
      expect(page.app.text().includes('退到：支付用户零钱')).toBe(isPromised)
    },
  )

  test('has its refund request withdrawn after a question, and shows each step with its time', async () => {
    const id = 'A'.repeat(13)
    const at = '2026-11-21T04:00:00Z'
    const request = {
      id: 'R',
      state: 'open',
      reason: '不想要',
      reply: null,
      refund: null,
      createdAt: at,
      endedAt: null,
    }
    const shown = (refundRequest: object) =>
      json({ ...order(id, 'paid'), ...nothingElse, refundableFen: 2800, refundRequest })
    page.answers[`GET orders/${id}`] = shown(request)
    await page.open(`/orders/${id}`)
    const steps = () => page.app.findAll('.progress li').map((step) => step.find('span').text())
    expect(steps()).toEqual(['申请退款', '商家同意', '退款中', '已到账'])
    expect(page.app.find('.progress [aria-current="step"]').text()).toContain('申请退款')
    await page.button('撤回申请')?.trigger('click')
    const withdrawn = { ...request, state: 'withdrawn', endedAt: at }
    page.answers[`POST orders/${id}/refund-requests/R/withdraw`] = json(withdrawn)
    page.answers[`GET orders/${id}`] = shown(withdrawn)
    await page.app.find('.weui-dialog__btn_primary').trigger('click')
    await vi.waitFor(() => expect(steps()).toEqual(['申请退款', '已撤回']))
    expect(page.button('申请退款')).toBeDefined()
  })

  test('has its number copied, also where a web-view has no clipboard', async () => {
    const id = 'A'.repeat(13)
    page.answers[`GET orders/${id}`] = json({ ...order(id), ...nothingElse })
    await page.open(`/orders/${id}`)
    const execCommand = vi.fn<() => boolean>(() => true)
    Object.assign(document, { execCommand })
    await page.app.find('button[aria-label="复制订单号"]').trigger('click')
    await vi.waitFor(() => expect(page.app.find('.copy__said').text()).toBe('已复制'))
    expect(execCommand).toHaveBeenCalledWith('copy')
  })
})

describe('how the shop is reached', () => {
  const shop = {
    contactUrl: 'https://work.weixin.qq.com/kfid/kfc1',
    contactPhone: '+86 571 8888-0000',
    contactInMiniProgram: false,
    termsUrl: 'https://shop.example.com/terms.html',
    privacyUrl: 'https://shop.example.com/privacy.html',
    licenceUrl: 'https://shop.example.com/licence.html',
  }
  const linksOf = () =>
    page.app.findAll('.shop-links a').map((link) => [link.text(), link.attributes('href')])
  const id = 'S'.repeat(13)

  test.each(['/me', `/orders/${id}`, `/orders/${id}/result`])('stands on %s as configured', async (path) => {
    page.answers['GET /api/shop'] = json(shop)
    page.answers['GET me'] = json({
      displayName: '用户 ABCDEF',
      entry: { code: '02', kind: 'mini-program' },
      joined: true,
    })
    page.answers[`GET orders/${id}`] = json({ ...order(id, 'paid'), ...nothingElse })
    page.answers[`GET orders/${id}/result`] = json({ order: order(id, 'paid'), ...paidResult })
    await page.open(path)
    await vi.waitFor(() =>
      expect(linksOf()).toEqual([
        ['联系商家', shop.contactUrl],
        ['电话联系 +86 571 8888-0000', 'tel:+8657188880000'],
        ['用户协议', shop.termsUrl],
        ['隐私政策', shop.privacyUrl],
        ['营业执照', shop.licenceUrl],
      ]),
    )
  })

  test('in the mini-program leads to the native page with WeChat’s own chat, in place of the contact page', async () => {
    inMiniProgram()
    page.answers['GET /api/shop'] = json({ ...shop, contactInMiniProgram: true })
    await page.open('/me')
    await vi.waitFor(() => expect(page.button('联系商家')).toBeDefined())
    expect(linksOf().map(([words]) => words)).toEqual([
      '电话联系 +86 571 8888-0000',
      '用户协议',
      '隐私政策',
      '营业执照',
    ])
    await page.button('联系商家')?.trigger('click')
    await vi.waitFor(() => expect(wentTo).toHaveBeenCalledWith({ url: '/pages/contact/contact' }))
  })

  test('outside the mini-program leads to the contact page, whatever the mini-program has', async () => {
    page.answers['GET /api/shop'] = json({ ...shop, contactInMiniProgram: true })
    await page.open('/me')
    await vi.waitFor(() => expect(linksOf()[0]).toEqual(['联系商家', shop.contactUrl]))
    expect(page.button('联系商家')).toBeUndefined()
  })

  test('is left out where nothing is configured or the request fails', async () => {
    await page.open('/me')
    expect(page.asked).toContain('GET /api/shop')
    expect(page.app.find('.shop-links').exists()).toBe(false)
  })
})

test('the way back from Alipay’s cashier offers another way and the order', async () => {
  vi.stubGlobal('navigator', { ...navigator, userAgent: 'AlipayClient/10.6.0', onLine: true })
  const id = 'A'.repeat(13)
  const entries = [
    { code: '06', kind: 'alipay' },
    { code: '04', kind: 'pc-browser' },
  ]
  page.answers['GET /api/entries'] = json({ entries })
  page.answers[`GET orders/${id}/result`] = json({
    order: order(id),
    result: 'checking',
    paymentId: 'P',
    refunds: [],
    askAgainMs: 1_000,
  })
  await page.open(`/orders/${id}/return`)
  await vi.waitFor(() => expect(page.button('换一种支付方式')).toBeDefined())
  const view = page.app.findAll('a').find((link) => link.text() === '查看订单')
  expect(view?.attributes('href')).toBe(`/orders/${id}`)
  expect(page.app.find('button[aria-label="复制订单号"]').exists()).toBe(true)
  await page.button('换一种支付方式')?.trigger('click')
  await vi.waitFor(() =>
    expect(page.app.findAll('.way').map((way) => way.text())).toEqual(['支付宝', '用手机微信扫码支付']),
  )
})
