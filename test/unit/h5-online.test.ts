// @vitest-environment jsdom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import type { Order } from '../../contract/order.ts'
import { h5PageStage, json } from '../support/h5-page-stage.ts'

const page = h5PageStage()

const paid = (id: string): Order => ({
  id,
  state: 'paid',
  displayState: 'paid',
  paying: false,
  payable: false,
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
const paidResult = { result: 'paid', paymentId: 'P', refunds: [], askAgainMs: null }
const offline = () => Promise.reject(new TypeError('Failed to fetch'))

describe('a network that comes back', () => {
  const id = 'A'.repeat(13)

  test('is used at once by a result that was being watched', async () => {
    page.answers[`GET orders/${id}/result`] = offline
    await page.open(`/orders/${id}/result`)
    page.answers[`GET orders/${id}/result`] = json({ ...paidResult, order: paid(id) })
    window.dispatchEvent(new Event('online'))
    await flushPromises()
    expect(page.app.find('[data-testid="result-title"]').text()).toBe('支付成功')
  })

  test('is used at once by a page that could not be loaded, and only by such a one', async () => {
    page.answers['GET orders'] = offline
    await page.open('/orders')
    expect(page.app.text()).toContain('网络连不上')
    page.answers['GET orders'] = json({ orders: [paid(id)], nextCursor: null })
    window.dispatchEvent(new Event('online'))
    await flushPromises()
    expect(page.app.find('.badge').text()).toBe('已支付')
    const asked = page.asked.length
    window.dispatchEvent(new Event('online'))
    await flushPromises()
    expect(page.asked).toHaveLength(asked)
  })
})
