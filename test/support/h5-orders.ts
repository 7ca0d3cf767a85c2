import type { Order, OrderLine } from '../../contract/order.ts'

/** Names of products, by their place in an order. */
export const goods = ['明前龙井', '熟普洱', '青瓷杯', '锡罐', '桂花糕']
/** A line of an order, by its product's place. */
export const line = (place: number): OrderLine => ({
  productId: `p-${place}`,
  name: goods[place]!,
  picture: `/products/p-${place}.svg`,
  unitPriceFen: 2800,
  quantity: 1,
  amountFen: 2800,
})
/** An order with an id of one letter and its first `count` products, which may be paid for half an hour. */
export const order = (letter: string, count: number, more: Partial<Order> = {}): Order => ({
  id: letter.repeat(13),
  state: 'pending',
  displayState: more.state && more.state !== 'pending' ? more.state : 'unpaid',
  paying: false,
  payable: true,
  lines: goods.slice(0, count).map((_name, place) => line(place)),
  totalFen: 2800 * count,
  createdAt: '2026-11-21T04:00:00Z',
  expiresAt: '2026-11-21T04:30:00Z',
  serverTime: '2026-11-21T04:00:00Z',
  paidAt: null,
  refundedFen: 0,
  closedAt: null,
  closedBy: null,
  cancelling: false,
  cancelAskedAt: null,
  ...more,
})
/** The same order as its own page shows it. */
export const detail = (more: Partial<Order>) => ({
  ...order('A', 2, more),
  priceChanges: [],
  payments: [],
  refunds: [],
  refundableFen: 0,
  refundRequest: null,
})
