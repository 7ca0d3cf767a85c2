import type { Books } from './books.ts'

/** Stock as the rows have it, for tests that sell out. */
export interface Stock {
  /** Limits a product to so many pieces more than orders hold. */
  leave(productId: string, pieces: number): Promise<void>
  /** Pieces that may still be bought. Throws when the product and the lines of its orders do not agree. */
  left(productId: string): Promise<number>
  /** What an order holds. */
  held(orderId: string): Promise<number>
}

/** Reads and sets stock in a shop's own rows. */
export function stockOf(books: Books): Stock {
  return {
    async leave(productId, pieces) {
      await books.rows('update products set stock = held + $2 where id = $1', [productId, pieces])
    },
    async left(productId) {
      const [row] = await books.rows<{ stock: number; held: number; lines: number }>(
        `select stock, held, (select coalesce(sum(held), 0)::int from order_lines where product_id = id) as lines
         from products where id = $1`,
        [productId],
      )
      if (row!.held !== row!.lines)
        throw new Error(`orders hold ${row!.lines} of ${productId}, the product says ${row!.held}`)
      return row!.stock - row!.held
    },
    async held(orderId) {
      const [row] = await books.rows<{ held: number }>(
        'select sum(held)::int as held from order_lines where order_id = $1',
        [orderId],
      )
      return row!.held
    },
  }
}

/** Past an order's expiry and the minute after it. */
export const orderOverMs = 32 * 60_000
