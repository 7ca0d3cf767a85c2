import { z } from 'zod'
import type * as contract from '../../../contract/delivery.ts'
import type { ShopEvent } from '../../../contract/shop-event.ts'
import { shopEventTypes } from '../../config/subscribers.ts'
import { pin } from './pin.ts'

const fen = z.int().min(0).meta({ description: 'fen' })
const instant = z.string().meta({ format: 'date-time' })
const state = z.enum(['pending', 'delivered', 'failed'])
const subscriber = z.string().regex(/^[a-z0-9-]{1,40}$/, '订阅方的名字是小写字母、数字和 -')

/** The body that subscribers are sent. */
export const shopEventSchema = pin<ShopEvent>()(
  z
    .discriminatedUnion('type', [
      z.strictObject({
        id: z.string(),
        type: z.enum(['order.paid', 'order.closed']),
        timestamp: instant,
        data: z.strictObject({
          id: z.string(),
          state: z.enum(['paid', 'closed']),
          entryCode: z.string(),
          totalFen: fen,
          paymentId: z.string().nullable(),
          refundedFen: fen.optional(),
          refundableFen: fen.optional(),
          closedBy: z.enum(['buyer', 'expiry']).nullable().optional(),
          note: z.enum(['refund-recorded', 'refund-unknown']).nullable().optional(),
          hasShipping: z.boolean().optional(),
        }),
      }),
      z.strictObject({
        id: z.string(),
        type: z.literal('payment.surplus'),
        timestamp: instant,
        data: z.strictObject({
          id: z.string(),
          orderId: z.string(),
          channel: z.enum(['wechatpay', 'alipay']),
          mchid: z.string(),
          transactionId: z.string(),
          amountFen: fen,
        }),
      }),
      z.strictObject({
        id: z.string(),
        type: z.enum(['refund.succeeded', 'refund.closed', 'refund.abnormal', 'refund.refused']),
        timestamp: instant,
        data: z.strictObject({
          id: z.string(),
          orderId: z.string(),
          paymentId: z.string(),
          state: z.enum(['succeeded', 'closed', 'abnormal', 'refused']),
          origin: z.enum(['operator', 'surplus', 'platform']),
          amountFen: fen,
          refundId: z.string().nullable(),
        }),
      }),
    ])
    .meta({ id: 'ShopEvent' }),
)

export const deliverySchema = pin<contract.Delivery>()(
  z
    .strictObject({
      id: z.string(),
      eventId: z.string(),
      type: z.enum(shopEventTypes),
      orderId: z.string(),
      subscriber: z.string(),
      state,
      attempts: z.int(),
      nextAttemptAt: instant.nullable(),
      createdAt: instant,
      deliveredAt: instant.nullable(),
    })
    .meta({ id: 'Delivery' }),
)

export const deliveryPageSchema = pin<contract.DeliveryPage>()(
  z
    .strictObject({ deliveries: z.array(deliverySchema), nextCursor: z.string().nullable() })
    .meta({ id: 'DeliveryPage' }),
)

const logLineSchema = pin<contract.DeliveryLogLine>()(
  z
    .strictObject({
      at: instant,
      event: z.enum(['delivered', 'postponed', 'failed', 'replayed']),
      status: z.int().nullable(),
      error: z.string().nullable(),
      tookMs: z.int().nullable(),
      replayedBy: z.string().nullable(),
    })
    .meta({ id: 'DeliveryLogLine' }),
)

export const deliveryDetailSchema = pin<contract.DeliveryDetail>()(
  deliverySchema
    .extend({ event: shopEventSchema, log: z.array(logLineSchema) })
    .meta({ id: 'DeliveryDetail' }),
)

export const deliveryListQuery = z.strictObject({
  state: state.optional(),
  subscriber: subscriber.optional(),
  cursor: z.string().max(100).optional(),
})

export const deliveryIdParams = z.strictObject({ deliveryId: z.uuid('编号有误') })
