// @vitest-environment jsdom
import { expect, test, vi } from 'vitest'
import { h5PageStage, json } from '../support/h5-page-stage.ts'

const page = h5PageStage()

test('an order that is bought again says what is no longer sold and what costs something else', async () => {
  const id = 'A'.repeat(13)
  const line = (productId: string, name: string) => ({
    productId,
    name,
    picture: '/tea.svg',
    unitPriceFen: 2800,
    quantity: 1,
    amountFen: 2800,
  })
  const lines = [line('tea', '茶'), line('cup', '杯')]
  const tea = { id: 'tea', name: '茶', summary: '', priceFen: 3000, picture: '/tea.svg' }
  page.answers[`GET orders/${id}`] = json({
    id,
    state: 'paid',
    payable: false,
    lines,
    totalFen: 5600,
    createdAt: '2026-11-21T04:00:00Z',
    expiresAt: '2026-11-21T04:30:00Z',
    paidAt: '2026-11-21T04:01:00Z',
    refundedFen: 0,
    payments: [],
    refunds: [],
    refundableFen: 0,
    refundRequest: null,
    priceChanges: [],
    shipping: null,
  })
  page.answers['GET products'] = json({ products: [{ ...tea, piecesLeft: null, purchaseLimit: null }] })
  page.answers['POST quotes'] = json({ lines: [], totalFen: 3000, shippingFields: [] })
  await page.open(`/orders/${id}`)
  await page.app.findAll('a').find((one) => one.text() === '再次购买')?.trigger('click') // prettier-ignore
  await vi.waitFor(() => expect(page.app.text()).toContain('已下架，没有加入：杯'))
  expect(page.app.text()).toContain('茶：上次 ¥28.00，现在 ¥30.00')
})
