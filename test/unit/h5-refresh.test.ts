// @vitest-environment jsdom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test, vi } from 'vitest'
import { detail, order } from '../support/h5-orders.ts'
import { h5PageStage, json, problem } from '../support/h5-page-stage.ts'

const page = h5PageStage()

const path = `orders/${'A'.repeat(13)}`

test('a list goes on loading while its end is in sight, and stops at a failure', async () => {
  class AlwaysInSight {
    private readonly tell: (entries: object[]) => void
    constructor(tell: (entries: object[]) => void) {
      this.tell = tell
    }
    observe = () => queueMicrotask(() => this.tell([{ isIntersecting: true }]))
    unobserve = () => {}
    disconnect = () => {}
  }
  vi.stubGlobal('IntersectionObserver', AlwaysInSight)
  page.answers['GET orders'] = json({ orders: [order('A', 1)], nextCursor: 'b' })
  page.answers['GET orders?cursor=b'] = json({ orders: [order('B', 1)], nextCursor: 'c' })
  page.answers['GET orders?cursor=c'] = problem(503, '服务暂时繁忙。')
  await page.open('/orders')
  await vi.waitFor(() => expect(page.app.text()).toContain('服务暂时繁忙'))
  expect(page.app.findAll('.order-card')).toHaveLength(2)
  expect(page.asked.filter((request) => request.includes('cursor=c'))).toHaveLength(1)
})

describe('a page that is refreshed', () => {
  const pull = async (byPx: number, sidewaysPx = 0) => {
    const send = (type: string, touches: { clientX: number; clientY: number }[]) =>
      document.body.dispatchEvent(Object.assign(new Event(type, { bubbles: true }), { touches }))
    send('touchstart', [{ clientX: 100, clientY: 100 }])
    send('touchmove', [{ clientX: 100 + sidewaysPx, clientY: 100 + byPx }])
    await flushPromises()
    const said = page.app.find('.refresh__pull')
    const words = said.exists() ? said.text() : null
    send('touchend', [])
    await flushPromises()
    return words
  }
  const asked = () => page.asked.filter((request) => request === 'GET orders').length
  const open = async (userAgent = 'MicroMessenger/8.0.60 miniProgram/wx0') => {
    vi.stubGlobal('navigator', { ...navigator, userAgent, onLine: true })
    page.answers['GET orders'] = json({ orders: [order('A', 1)], nextCursor: null })
    await page.open('/orders')
  }

  test.each([
    ['the list of orders', '/orders'],
    ['an order', `/${path}`],
    ['the payments', '/payments'],
    ['the shelf', '/'],
  ])('%s has a button for it, also for the keyboard', async (_name, address) => {
    page.answers['GET orders'] = json({ orders: [], nextCursor: null })
    page.answers['GET payments'] = json({ payments: [], nextCursor: null })
    page.answers['GET products'] = json({ products: [] })
    page.answers[`GET ${path}`] = json(detail({}))
    await page.open(address)
    await vi.waitFor(() => expect(page.button('刷新')).toBeDefined())
    const before = page.asked.length
    await page.button('刷新')?.trigger('click')
    await flushPromises()
    expect(page.asked.length).toBe(before + 1)
    expect([...document.querySelectorAll('[role=status]')].map((one) => one.textContent)).toContain('已刷新')
  })

  test('by a pull asks again when it was long enough, and says so before the finger lets go', async () => {
    await open()
    expect(await pull(40)).toBe('下拉刷新')
    expect(asked()).toBe(1)
    expect(await pull(120)).toBe('松开刷新')
    expect(asked()).toBe(2)
  })

  test('does not take scrolling, swiping sideways or a second finger for a pull', async () => {
    await open()
    expect(await pull(-120)).toBeNull()
    expect(await pull(100, 150)).toBeNull()
    vi.stubGlobal('scrollY', 300)
    expect(await pull(200)).toBeNull()
    vi.stubGlobal('scrollY', 0)
    expect(asked()).toBe(1)
  })

  test('leaves the pull to a browser, which has its own', async () => {
    await open('Mozilla/5.0 (Linux; Android 15) Chrome/134.0 Mobile Safari/537.36')
    expect(await pull(120)).toBeNull()
    expect(asked()).toBe(1)
  })

  test('without an answer keeps what is shown, and says what happened', async () => {
    await open()
    page.answers['GET orders'] = () => Promise.reject(new TypeError('Failed to fetch'))
    await page.button('刷新')?.trigger('click')
    await flushPromises()
    expect(page.app.findAll('.order-card')).toHaveLength(1)
    expect(page.app.find('.weui-toptips').text()).toContain('网络')
  })
})
