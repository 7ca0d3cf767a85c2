import type { OrderLineRequest, QuoteLine } from '../../contract/order.ts'
import { KindError } from '../shared/errors.ts'
import { largestFen, sumFen, timesFen } from '../shared/fen.ts'
import type { Database } from '../store/database.ts'
import { findProducts } from '../store/products.ts'
import { piecesLeft } from './product.ts'

/** Prices lines with today's catalogue. `goodsType` is "00" when they mix. Throws InvalidInput for what is not on sale. */
export async function priceLines(
  db: Database,
  requested: OrderLineRequest[],
): Promise<{ lines: QuoteLine[]; totalFen: number; goodsType: string }> {
  const ids = requested.map((line) => line.productId)
  const products = new Map((await findProducts(db, ids)).map((product) => [product.id, product]))
  const gone = ids.flatMap((id, i) =>
    products.has(id) ? [] : [{ path: `lines.${i}.productId`, message: '商品不存在或已下架' }],
  )
  if (gone.length > 0)
    throw new KindError('InvalidInput', '有商品已下架，请返回重新选择。', {
      code: 'product-gone',
      errors: gone,
    })
  const lines = requested.map((line): QuoteLine => {
    const product = products.get(line.productId)!
    return {
      productId: product.id,
      name: product.name,
      picture: product.picture,
      unitPriceFen: product.price_fen,
      quantity: line.quantity,
      amountFen: timesFen(product.price_fen, line.quantity),
      piecesLeft: piecesLeft(product),
      purchaseLimit: product.purchase_limit,
    }
  })
  const totalFen = sumFen(lines.map((line) => line.amountFen))
  if (totalFen > largestFen) throw new KindError('InvalidInput', '金额超过单笔上限，请分成几单购买。')
  const types = new Set([...products.values()].map((product) => product.goods_type))
  return { lines, totalFen, goodsType: types.size === 1 ? [...types][0]! : '00' }
}
