import { sql } from 'kysely'
import type { Database, Writer } from './database.ts'
import type { ProductRow } from './tables.ts'

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

/**
 * Changes what there is of a limited product, and notes who did, in one statement. Undefined: nothing changed, because the
 * product is unknown or not limited, or would have less than orders hold or more than `most`.
 */
export const changeStock = (
  db: Database,
  change: { productId: string; changeBy: number; by: string; at: Date; most: number },
): Promise<Pick<ProductRow, 'stock' | 'held'> | undefined> =>
  db
    .with('changed', (query) =>
      query
        .updateTable('products')
        .set((eb) => ({ stock: eb('stock', '+', change.changeBy) }))
        .where('id', '=', change.productId)
        .where(sql<boolean>`stock + ${change.changeBy} between held and ${change.most}`)
        .returning(['id', 'stock', 'held']),
    )
    .with('noted', (query) =>
      query
        .insertInto('stock_changes')
        .columns(['product_id', 'at', 'changed_by', 'change_by', 'stock'])
        .expression((eb) =>
          eb
            .selectFrom('changed')
            .select([
              'id',
              sql<Date>`${change.at}::timestamptz`.as('at'),
              sql<string>`${change.by}`.as('changed_by'),
              sql<number>`${change.changeBy}::int`.as('change_by'),
              sql<number>`stock`.as('stock'),
            ]),
        ),
    )
    .selectFrom('changed')
    .select(['stock', 'held'])
    .executeTakeFirst()

/** A product, on sale or not. */
export const findProduct = (db: Database, id: string): Promise<ProductRow | undefined> =>
  db.selectFrom('products').selectAll().where('id', '=', id).executeTakeFirst()
