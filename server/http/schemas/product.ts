import { z } from 'zod'
import type { ProductList } from '../../../contract/product.ts'
import { pin } from './pin.ts'

export const productListSchema = pin<ProductList>()(
  z
    .strictObject({
      products: z.array(
        z
          .strictObject({
            id: z.string(),
            name: z.string(),
            summary: z.string(),
            priceFen: z.int().min(0).meta({ description: 'fen' }),
            picture: z.string(),
            piecesLeft: z.int().min(0).nullable(),
            purchaseLimit: z.int().min(1).nullable(),
          })
          .meta({ id: 'Product' }),
      ),
    })
    .meta({ id: 'ProductList' }),
)
