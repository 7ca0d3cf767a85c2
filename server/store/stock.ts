import { sql } from 'kysely'
import type { Database, Writer } from './database.ts'
import type { ProductRow, StockChangeRow } from './tables.ts'

/** Pieces of a product that an order asks for or has. */
export interface Pieces {
  productId: string
  pieces: number
}

/** What there is of the limited ones of these products, held in the order of their ids until the transaction ends. */
export const lockStock = (
  writer: Writer,
  productIds: string[],
): Promise<{ id: string; name: string; left: number }[]> =>
  writer
    .selectFrom('products')
    .select(['id', 'name', sql<number>`stock - held`.as('left')])
    .where('id', 'in', productIds)
    .where('stock', 'is not', null)
    .orderBy('id')
    .forUpdate()
    .execute()

/** How many unpaid orders of an account hold pieces; counted no further than `most`. */
export async function countUnpaidHolding(db: Database, accountId: string, most: number): Promise<number> {
  const holding = await db
    .selectFrom('orders')
    .select('order_id')
    .where('account_id', '=', accountId)
    .where('state', '=', 'pending')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('order_lines')
          .select('line_no')
          .whereRef('order_lines.order_id', '=', 'orders.order_id')
          .where('held', '>', 0),
      ),
    )
    .limit(most)
    .execute()
  return holding.length
}

/** What an order holds, in the order of the products' ids; its lines are held until the transaction ends. */
export const lockHeldPieces = (writer: Writer, orderId: string): Promise<Pieces[]> =>
  writer
    .selectFrom('order_lines')
    .select(['product_id as productId', 'held as pieces'])
    .where('order_id', '=', orderId)
    .where('held', '>', 0)
    .orderBy('product_id')
    .forUpdate()
    .execute()

/**
 * Gives pieces to an order, or takes them back when they are negative: on its line and on the product, in one statement.
 * The CHECKs of both refuse more than there is.
 */
export async function movePieces(
  writer: Writer,
  orderId: string,
  { productId, pieces }: Pieces,
): Promise<void> {
  await writer
    .with('line', (query) =>
      query
        .updateTable('order_lines')
        .set((eb) => ({ held: eb('held', '+', pieces) }))
        .where('order_id', '=', orderId)
        .where('product_id', '=', productId),
    )
    .updateTable('products')
    .set((eb) => ({ held: eb('held', '+', pieces) }))
    .where('id', '=', productId)
    .execute()
}

/** A product, on sale or not, held until the transaction ends. */
export const lockProduct = (writer: Writer, id: string): Promise<ProductRow | undefined> =>
  writer.selectFrom('products').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const findStockChange = (
  db: Database,
  productId: string,
  key: string,
): Promise<StockChangeRow | undefined> =>
  db
    .selectFrom('stock_changes')
    .selectAll()
    .where('product_id', '=', productId)
    .where('idempotency_key', '=', key)
    .executeTakeFirst()

/** Changes what there is of a product to what the change says, with the note of who did, in one statement. */
export async function changeStock(writer: Writer, change: StockChangeRow): Promise<void> {
  await writer
    .with('noted', (query) => query.insertInto('stock_changes').values(change))
    .updateTable('products')
    .set({ stock: change.stock })
    .where('id', '=', change.product_id)
    .execute()
}
