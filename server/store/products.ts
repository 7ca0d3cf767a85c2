import type { Insertable } from 'kysely'
import { transact, type Database } from './database.ts'
import type { ProductRow, Tables } from './tables.ts'

/** What is on sale, in the shop's own order. */
export const productsOnSale = (db: Database): Promise<ProductRow[]> =>
  db.selectFrom('products').selectAll().where('on_sale', '=', true).orderBy('position').execute()

/** Products by id that are on sale. */
export const findProducts = (db: Database, ids: string[]): Promise<ProductRow[]> =>
  db.selectFrom('products').selectAll().where('id', 'in', ids).where('on_sale', '=', true).execute()

/**
 * Makes the catalogue exactly these products; one that is gone is no longer on sale, its orders keep its name. A stock is
 * taken up by a product that had none: what there is of the others has been counted since.
 */
export async function replaceCatalogue(
  db: Database,
  products: Insertable<Tables['products']>[],
): Promise<void> {
  await transact(db, async (writer) => {
    // In the order in which orders take them, so that neither waits for the other for ever.
    await writer.selectFrom('products').select('id').orderBy('id').forUpdate().execute()
    await writer.updateTable('products').set({ on_sale: false }).execute()
    if (products.length === 0) return
    await writer
      .insertInto('products')
      .values(products)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          position: eb.ref('excluded.position'),
          name: eb.ref('excluded.name'),
          summary: eb.ref('excluded.summary'),
          price_fen: eb.ref('excluded.price_fen'),
          goods_type: eb.ref('excluded.goods_type'),
          picture: eb.ref('excluded.picture'),
          on_sale: eb.ref('excluded.on_sale'),
          stock: eb.fn.coalesce('products.stock', 'excluded.stock'),
          purchase_limit: eb.ref('excluded.purchase_limit'),
        })),
      )
      .execute()
  })
}
