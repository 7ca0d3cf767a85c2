import type { Order, OrderLine } from '../contract/order.ts'
import { formatFen } from './fen.ts'
import { tGoods } from './i18n/goods.ts'

/** So many products are named where an order is one of many; the list of an order's own page names each. */
const namedMost = 3

/** Every product of an order by name. */
export const goodsNames = (lines: OrderLine[]): string =>
  lines.map(({ name }) => name).join(tGoods('separator'))

/** The name of an order among others, for a button's accessible name: what it is for, its sum and its number. */
export function orderName({ id, lines, totalFen }: Order): string {
  const named = goodsNames(lines.slice(0, namedMost))
  const goods = lines.length > namedMost ? tGoods('several', { names: named, count: lines.length }) : named
  return tGoods('order', { goods, sum: formatFen(totalFen), number: id })
}
