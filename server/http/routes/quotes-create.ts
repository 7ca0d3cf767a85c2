import { priceLines } from '../../catalog/price-lines.ts'
import { freeReads } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { quoteRequestSchema, quoteSchema } from '../schemas/order.ts'

export const quotesCreate = defineRoute({
  method: 'post',
  path: '/quotes',
  summary: 'What an order would cost now',
  caller: 'nobody',
  limits: [freeReads],
  body: quoteRequestSchema,
  answer: quoteSchema,
  handle: async ({ services, body }) => {
    const { lines, totalFen } = await priceLines(services.db, body.lines)
    return { lines, totalFen, shippingFields: [...services.shippingFields] }
  },
})
