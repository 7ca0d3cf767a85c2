import type { OrderLineRow } from '../store/tables.ts'

/** Where a product's quantity stands in the request that placed these lines: a problem names it so. */
export const quantityPath = (lines: OrderLineRow[], productId: string): string =>
  `lines.${lines.findIndex((line) => line.product_id === productId)}.quantity`
