import type { ProductStock } from '../../contract/operator.ts'
import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import type { Database } from '../store/database.ts'
import { changeStock as change, findProduct } from '../store/stock.ts'

/**
 * Adds pieces that came in to a product, or takes away (negative) what went another way. Throws NotFound, Conflict (not
 * limited, fewer than orders hold, too many).
 */
export async function changeStock(
  { db, clock }: { db: Database; clock: Clock },
  wish: { productId: string; changeBy: number; by: string },
): Promise<ProductStock> {
  const { productId } = wish
  const changed = await change(db, { ...wish, at: clock.now(), most: limits.stockMost })
  if (!changed) throw await refusal(db, productId)
  const stock = changed.stock as number
  return { productId, stock, held: changed.held, piecesLeft: stock - changed.held }
}

async function refusal(db: Database, productId: string): Promise<KindError> {
  const product = await findProduct(db, productId)
  if (!product) return new KindError('NotFound', '没有这个商品，请核对编号。')
  if (product.stock === null)
    return new KindError('Conflict', '这个商品不限库存；要限量，请先在商品文件里写 stock 再重启。')
  return new KindError(
    'Conflict',
    `现有 ${product.stock} 件，其中订单占用 ${product.held} 件，不能少于占用的数量，也不能超过 ${limits.stockMost} 件。`,
  )
}
