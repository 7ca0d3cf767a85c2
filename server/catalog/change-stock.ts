import type { ProductStock } from '../../contract/operator.ts'
import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { transact, type Database } from '../store/database.ts'
import { changeStock as change, findStockChange, lockProduct } from '../store/stock.ts'
import type { ProductRow } from '../store/tables.ts'

/**
 * Adds pieces that came in to a product, or takes away (negative) what went another way. Repeated with the same key it
 * changes nothing and answers what there is now. Throws NotFound, Conflict (not limited, fewer than orders hold, too many,
 * a key that was used for another change).
 */
export function changeStock(
  { db, clock }: { db: Database; clock: Clock },
  wish: { productId: string; changeBy: number; by: string; idempotencyKey: string },
): Promise<ProductStock> {
  return transact(db, async (writer) => {
    const product = await lockProduct(writer, wish.productId)
    if (!product) throw new KindError('NotFound', '没有这个商品，请核对编号。')
    const earlier = await findStockChange(writer, product.id, wish.idempotencyKey)
    if (earlier && earlier.change_by !== wish.changeBy)
      throw new KindError('Conflict', '这个 Idempotency-Key 已用于另一次库存加减，请换一个再提交。')
    if (earlier) return stockOf(product, product.stock as number)
    const stock = stockAfter(product, wish.changeBy)
    await change(writer, {
      product_id: product.id,
      at: clock.now(),
      changed_by: wish.by,
      change_by: wish.changeBy,
      stock,
      idempotency_key: wish.idempotencyKey,
    })
    return stockOf(product, stock)
  })
}

function stockAfter({ stock, held }: ProductRow, changeBy: number): number {
  if (stock === null)
    throw new KindError('Conflict', '这个商品不限库存；要限量，请先在商品文件里写 stock 再重启。')
  const after = stock + changeBy
  if (after < held || after > limits.stockMost)
    throw new KindError(
      'Conflict',
      `现有 ${stock} 件，其中订单占用 ${held} 件，不能少于占用的数量，也不能超过 ${limits.stockMost} 件。`,
    )
  return after
}

const stockOf = ({ id, held }: ProductRow, stock: number): ProductStock => ({
  productId: id,
  stock,
  held,
  piecesLeft: stock - held,
})
