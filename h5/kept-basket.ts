import { ref } from 'vue'
import type { OrderLineRequest } from '../contract/order.ts'
import type { Product } from '../contract/product.ts'
import { formatLines, parseLines, quantityMost } from './basket.ts'
import { phoneMemory } from './entry/tab-memory.ts'

const memoryKey = 'qiaofu.basket'

/** What this browser holds that is not ordered yet: at most 20 products, without prices. It survives a reload. */
export const basket = ref<OrderLineRequest[]>(parseLines(phoneMemory.get(memoryKey)))

/** The basket's bound, which is an order's. */
const basketMost = 20

/** Puts other lines in the place of all that are in the basket. */
export function keepBasket(lines: OrderLineRequest[]): void {
  basket.value = lines.slice(0, basketMost)
  if (lines.length > 0) phoneMemory.set(memoryKey, formatLines(basket.value))
  else phoneMemory.remove(memoryKey)
}

/** Changes how many pieces of a product are in the basket; 0 takes it out. */
export function changeBasket(productId: string, quantity: number): void {
  const lines = basket.value
  const others = lines.filter((line) => line.productId !== productId)
  if (quantity === 0) return keepBasket(others)
  const isThere = others.length < lines.length
  keepBasket(
    isThere
      ? lines.map((line) => (line.productId === productId ? { productId, quantity } : line))
      : [...lines, { productId, quantity }],
  )
}

/** How many pieces of a product are in the basket. */
export const inBasket = (productId: string) =>
  basket.value.find((line) => line.productId === productId)?.quantity ?? 0

/** How many pieces of a product one basket may hold. */
export const mostInBasket = ({ piecesLeft, purchaseLimit }: Product) =>
  Math.min(piecesLeft ?? quantityMost, purchaseLimit ?? quantityMost, quantityMost)

/** Whether the basket takes no product that is not in it yet. */
export const isBasketFull = () => basket.value.length >= basketMost

/** What of the basket can be ordered: lines of products that are on the shelf and not sold out. */
export const orderableLines = (products: Product[]) =>
  basket.value.filter(({ productId }) =>
    products.some(({ id, piecesLeft }) => id === productId && piecesLeft !== 0),
  )

/** Pieces of some lines together. */
export const piecesOf = (lines: OrderLineRequest[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** Where these lines of the basket are confirmed. */
export const confirmBasket = (lines: OrderLineRequest[]) => ({
  path: '/confirm',
  query: { lines: formatLines(lines), from: 'basket' },
})
