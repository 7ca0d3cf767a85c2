import { z } from 'zod'
import type * as contract from '../../../contract/order.ts'
import { limits } from '../../config/limits.ts'
import { paidDisplayStates, paymentSchema } from './payment.ts'
import { pin } from './pin.ts'
import { refundRequestSchema, refundSchema } from './refund.ts'
import { shippingFieldSchema, shippingRequestSchema, shippingSchema } from './shipping.ts'

const orderState = z.enum(['pending', 'paid', 'closed'])
const orderFilter = z.enum([...orderState.options, 'refund'])
const displayState = z.enum([
  ...paidDisplayStates,
  'unpaid',
  'paying',
  'cancelling',
  'cancelled',
  'closed',
  'closed-refunding',
])
const orderResult = z.enum(['checking', 'paid', 'unpaid', 'closed'])
const fen = z.int().min(0).meta({ description: 'fen' })
const instant = z.string().meta({ format: 'date-time' })

export const quoteRequestSchema = pin<contract.QuoteRequest>()(
  z.strictObject({
    lines: z
      .array(
        z.strictObject({
          productId: z.string().regex(/^[a-z0-9-]{1,40}$/, '没有这个商品'),
          quantity: z.int('数量须为整数').min(1, '数量至少为 1').max(99, '数量最多为 99'),
        }),
      )
      .min(1, '请至少选择一件商品')
      .max(limits.orderLineCount, '商品种类太多，请分几单购买')
      .refine(
        (lines) => new Set(lines.map((line) => line.productId)).size === lines.length,
        '同一商品请合并为一行',
      ),
  }),
)

export const orderRequestSchema = pin<contract.OrderRequest>()(
  quoteRequestSchema.extend({ shipping: shippingRequestSchema.optional() }),
)

export const lineSchema = pin<contract.OrderLine>()(
  z.strictObject({
    productId: z.string(),
    name: z.string(),
    picture: z.string(),
    unitPriceFen: fen,
    quantity: z.int(),
    amountFen: fen,
  }),
)

export const quoteSchema = pin<contract.Quote>()(
  z
    .strictObject({
      lines: z.array(
        lineSchema.extend({
          piecesLeft: z.int().min(0).nullable(),
          purchaseLimit: z.int().min(1).nullable(),
        }),
      ),
      totalFen: fen,
      shippingFields: z.array(shippingFieldSchema),
    })
    .meta({ id: 'Quote' }),
)

const orderShape = {
  id: z.string(),
  state: orderState,
  displayState,
  paying: z.boolean(),
  payable: z.boolean(),
  lines: z.array(lineSchema),
  totalFen: fen,
  createdAt: instant,
  expiresAt: instant,
  serverTime: instant,
  refundedFen: fen,
  paidAt: instant.nullable(),
  closedAt: instant.nullable(),
  closedBy: z.enum(['buyer', 'expiry']).nullable(),
  cancelling: z.boolean(),
  cancelAskedAt: instant.nullable(),
}

export const orderSchema = pin<contract.Order>()(z.strictObject(orderShape).meta({ id: 'Order' }))

export const orderDetailSchema = pin<contract.OrderDetail>()(
  z
    .strictObject({
      ...orderShape,
      priceChanges: z.array(z.strictObject({ at: instant, fromFen: fen, toFen: fen })),
      payments: z.array(paymentSchema),
      refunds: z.array(refundSchema),
      refundableFen: fen,
      refundRequest: refundRequestSchema.nullable(),
      shipping: shippingSchema.nullable(),
    })
    .meta({ id: 'OrderDetail' }),
)

export const orderPageSchema = pin<contract.OrderPage>()(
  z
    .strictObject({
      orders: z.array(orderSchema),
      nextCursor: z.string().nullable(),
      counts: z.record(orderFilter, z.int().min(0).max(100)).optional(),
    })
    .meta({ id: 'OrderPage' }),
)

export const orderResultSchema = pin<contract.OrderResult>()(
  z
    .strictObject({
      order: orderSchema,
      result: orderResult,
      paymentId: z.string().nullable(),
      refunds: z.array(refundSchema),
      askAgainMs: z.int().nullable(),
    })
    .meta({ id: 'OrderResult' }),
)

export const orderStatusSchema = pin<contract.OrderStatus>()(
  z.strictObject({ result: orderResult, displayState, totalFen: fen }).meta({ id: 'OrderStatus' }),
)

export const orderStatusQuery = z.strictObject({ link: z.string().max(64) })

export const orderIdParams = z.strictObject({
  entry: z.string(),
  orderId: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{13}$/, '订单号有误'),
})

export const orderListQuery = z.strictObject({
  state: orderFilter.optional(),
  cursor: z.string().max(100).optional(),
})
