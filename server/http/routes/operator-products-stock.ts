import { changeStock } from '../../catalog/change-stock.ts'
import { idempotencyHeader, idempotencyKeyOf } from '../idempotency-key.ts'
import { defineOperatorRoute } from '../operator.ts'
import { productIdParams, productStockSchema, stockChangeSchema } from '../schemas/operator.ts'

export const operatorProductsStock = defineOperatorRoute({
  method: 'post',
  path: '/products/:productId/stock',
  summary:
    'Add pieces of a product that came in, or take away what went another way; the header Idempotency-Key makes repeats safe',
  params: productIdParams,
  body: stockChangeSchema,
  headers: idempotencyHeader,
  answer: productStockSchema,
  handle: ({ services, operator, params, body, req }) =>
    changeStock(services, { ...params, ...body, by: operator, idempotencyKey: idempotencyKeyOf(req) }),
})
