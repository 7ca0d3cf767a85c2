import { listProducts } from '../../catalog/product.ts'
import { freeReads } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { productListSchema } from '../schemas/product.ts'

export const productsList = defineRoute({
  method: 'get',
  path: '/products',
  summary: 'What is on sale',
  caller: 'nobody',
  limits: [freeReads],
  answer: productListSchema,
  handle: async ({ services }) => ({ products: await listProducts(services.db) }),
})
