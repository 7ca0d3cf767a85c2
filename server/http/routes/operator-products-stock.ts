import { changeStock } from '../../catalog/change-stock.ts'
import { defineOperatorRoute } from '../operator.ts'
import { productIdParams, productStockSchema, stockChangeSchema } from '../schemas/operator.ts'

export const operatorProductsStock = defineOperatorRoute({
  method: 'post',
  path: '/products/:productId/stock',
  summary: 'Add pieces of a product that came in, or take away what went another way',
  params: productIdParams,
  body: stockChangeSchema,
  answer: productStockSchema,
  handle: ({ services, operator, params, body }) =>
    changeStock(services, { ...params, ...body, by: operator }),
})
