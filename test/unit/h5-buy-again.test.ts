// @vitest-environment jsdom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { keepBasket } from '../../h5/kept-basket.ts'
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

describe('the page of a product', () => {
  const product = (id: string, name: string, more: object = {}) => ({
    id,
    name,
    summary: '',
    priceFen: 3000,
    picture: '/tea.svg',
    piecesLeft: null,
    purchaseLimit: null,
    ...more,
  })
  const open = (...products: object[]) => {
    page.answers['GET products'] = json({ products })
    return page.open('/products/tea')
  }
  const tap = async (text: string) => {
    await page.button(text)?.trigger('click')
    await flushPromises()
  }
  const said = () => page.app.find('.in-basket').text()
  const wayOn = () => page.app.findAll('a').find((one) => one.text() === '去下单')
  beforeEach(() => keepBasket([]))

  test('puts what was chosen into the basket, says so, and is one tap away from confirming all of it', async () => {
    keepBasket([{ productId: 'cup', quantity: 1 }])
    await open(product('tea', '茶'), product('cup', '杯'))
    expect(said()).toContain('购物篮共 1 件')
    await page.app.find('button[aria-label="茶 增加一件"]').trigger('click')
    await tap('加入购物篮')
    expect(page.app.find('.in-basket [role=status]').text()).toBe('已加入 茶 2 件，购物篮共 3 件')
    expect(wayOn()?.attributes('href')).toBe('/confirm?lines=cup:1,tea:2&from=basket')
  })

  test('adds no more than there is, and says why nothing more goes in', async () => {
    await open(product('tea', '茶', { piecesLeft: 1 }))
    await tap('加入购物篮')
    await tap('加入购物篮')
    expect(page.app.find('.weui-toptips').text()).toBe('购物篮里已有 1 件，不能再加')
    expect(wayOn()?.attributes('href')).toContain('tea:1')
  })

  test('adds nothing to a basket of 20 products', async () => {
    keepBasket(Array.from({ length: 20 }, (_, place) => ({ productId: `p-${place}`, quantity: 1 })))
    await open(product('tea', '茶'))
    await tap('加入购物篮')
    expect(page.app.find('.weui-toptips').text()).toBe('购物篮最多放 20 种商品')
    expect(wayOn()).toBeUndefined()
  })

  test('sold out offers no basket', async () => {
    await open(product('tea', '茶', { piecesLeft: 0 }))
    expect(page.button('加入购物篮')).toBeUndefined()
    expect(page.button('已售罄')).toBeDefined()
  })
})
