import { sql } from 'kysely'
import type { Database, Writer } from './database.ts'
import type { ProductRow, StockChangeRow } from './tables.ts'

/** Pieces of a product that an order asks for or has. */
export interface Pieces {
  productId: string
  pieces: number
}

/**
 * Holds a site, with all its networks, until the transaction ends, so that what its browsers place is counted one order
 * after another. Taken after the account and before any product.
 */
export async function lockSite(writer: Writer, site: string): Promise<void> {
  // The text of a server that knew networks only: the IPv4 /24 of both is one lock.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`network ${site}`}, 0))`.execute(writer)
}

/** Pieces of limited products that the unpaid orders of an account hold. */
export async function unpaidPieces(db: Database, accountId: string): Promise<number> {
  const row = await db
    .selectFrom('orders')
    .innerJoin('order_lines', 'order_lines.order_id', 'orders.order_id')
    .select(sql<number>`coalesce(sum(held), 0)::int`.as('pieces'))
    .where('account_id', '=', accountId)
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow()
  return row.pieces
}

/** What unpaid orders that were placed from a network or site hold of these products, and what is left of each for others. */
export const unpaidPiecesPlacedFrom = (
  db: Database,
  { column, value }: { column: 'placed_from' | 'placed_site'; value: string },
  productIds: string[],
): Promise<{ name: string; pieces: number; left: number }[]> =>
  db
    .selectFrom('orders')
    .innerJoin('order_lines', 'order_lines.order_id', 'orders.order_id')
    .innerJoin('products', 'products.id', 'order_lines.product_id')
    .select([
      'products.name',
      sql<number>`sum(order_lines.held)::int`.as('pieces'),
      sql<number>`products.stock - products.held`.as('left'),
    ])
    .where(column, '=', value)
    .where('state', '=', 'pending')
    .where('products.id', 'in', productIds)
    .where('products.stock', 'is not', null)
    .groupBy('products.id')
    .orderBy('products.id')
    .execute()

/**
 * Products of which the account has more in its unpaid and paid orders than one account may buy. An order whose money has
 * all gone back no longer counts. Call with the account locked and the new order's lines written.
 */
export async function overPurchaseLimit(
  writer: Writer,
  accountId: string,
  productIds: string[],
): Promise<{ productId: string; name: string; most: number }[]> {
  const { rows } = await sql<{ productId: string; name: string; most: number }>`
    select products.id as "productId", products.name, products.purchase_limit as most
    from products
    join order_lines on order_lines.product_id = products.id
    join orders on orders.order_id = order_lines.order_id
    where products.id = any(${productIds}) and products.purchase_limit is not null
      and orders.account_id = ${accountId} and orders.state in ('pending', 'paid')
      and not exists (
        select from payments
        where payments.order_id = orders.order_id and kept and refunded_fen = amount_fen)
    group by products.id
    having sum(order_lines.quantity) > products.purchase_limit
    order by products.id`.execute(writer)
  return rows
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
