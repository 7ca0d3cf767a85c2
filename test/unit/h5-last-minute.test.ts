// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { rememberEntry } from '../../h5/entry/known-entry.ts'

afterEach(() => vi.unstubAllGlobals())

test('an order in its last minute is refused with a sentence, and here and on its result offers another order', async () => {
  const id = 'A'.repeat(13)
  const order = {
    id,
    state: 'pending',
    paying: false,
    payable: true,
    lines: [],
    totalFen: 2800,
    createdAt: '2026-11-21T04:00:00Z',
    expiresAt: '2026-11-21T04:30:00Z',
    paidAt: null,
    refundedFen: 0,
    closedAt: null,
    closedBy: null,
    cancelling: false,
    cancelAskedAt: null,
  }
  const beside = { payments: [], refunds: [], refundableFen: 0, refundRequest: null }
  const refusal = {
    type: '/problems/conflict',
    title: 'Conflict',
    status: 409,
    code: 'order-closed',
    requestId: 'r',
  }
  const late = { ...order, payable: false }
  const answers: Record<string, () => Response> = {
    [`GET orders/${id}`]: () => Response.json({ ...order, ...beside }),
    [`POST orders/${id}/payments`]: () =>
      Response.json({ ...refusal, detail: '离订单关闭不到 1 分钟。' }, { status: 409 }),
    [`GET orders/${id}/result`]: () =>
      Response.json({ order: late, result: 'unpaid', paymentId: 'P', refunds: [], askAgainMs: null }),
  }
  vi.stubGlobal('scrollTo', () => {})
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    const answer = answers[`${init?.method ?? 'GET'} ${url.replace(/^\/api\/\d\d\//, '')}`]
    return answer ? answer() : Response.json(refusal, { status: 404 })
  })
  rememberEntry({ code: '02', kind: 'mini-program' })
  const { router } = await import('../../h5/router.ts')
  const App = (await import('../../h5/App.vue')).default
  await router.push(`/orders/${id}`)
  const app = mount(App, { global: { plugins: [router] }, attachTo: document.body })
  await flushPromises()
  const button = (text: string) => app.findAll('button').find((one) => one.text() === text)
  const again = () => app.findAll('a').filter((link) => link.text() === '再次下单')
  answers[`GET orders/${id}`] = () => Response.json({ ...late, ...beside })
  await button('去支付')?.trigger('click')
  await vi.waitFor(() => expect(again()).toHaveLength(1))
  expect(app.find('.weui-toptips').text()).toBe('离订单关闭不到 1 分钟。')
  expect(app.text()).toContain('离关闭不到 1 分钟，已来不及支付，请再次下单。')
  expect(button('去支付')).toBeUndefined()
  await router.push(`/orders/${id}/result`)
  await vi.waitFor(() => expect(app.find('.result__advice').text()).toContain('已来不及支付'))
  expect([button('重新支付'), again().length]).toEqual([undefined, 1])
  app.unmount()
})
