import { z } from 'zod'
import type * as contract from '../../../contract/refund.ts'
import { pin } from './pin.ts'
import { writtenText } from './text.ts'

const fen = z.int().min(0).meta({ description: 'fen' })
const instant = z.string().meta({ format: 'date-time' })

export const refundState = z.enum([
  'created',
  'submitted',
  'processing',
  'succeeded',
  'closed',
  'abnormal',
  'refused',
])

export const refundSchema = pin<contract.Refund>()(
  z
    .strictObject({
      id: z.string(),
      paymentId: z.string(),
      state: z.enum(['processing', 'succeeded']),
      surplus: z.boolean(),
      amountFen: fen,
      createdAt: instant,
      succeededAt: instant.nullable(),
      submittedAt: instant.nullable(),
      reason: z.string().nullable(),
      receivedAccount: z.string().nullable(),
      goesTo: z.enum(['balance', 'card', 'unknown']),
    })
    .meta({ id: 'Refund' }),
)

const requestedRefundSchema = pin<contract.RequestedRefund>()(
  z
    .strictObject({
      id: z.string(),
      amountFen: fen,
      outcome: z.enum(['underway', 'succeeded', 'abnormal', 'failed']),
    })
    .meta({ id: 'RequestedRefund' }),
)

export const refundRequestSchema = pin<contract.RefundRequest>()(
  z
    .strictObject({
      id: z.string(),
      state: z.enum(['open', 'approved', 'declined', 'withdrawn']),
      reason: z.string(),
      reply: z.string().nullable(),
      refund: requestedRefundSchema.nullable(),
      createdAt: instant,
      endedAt: instant.nullable(),
    })
    .meta({ id: 'RefundRequest' }),
)

export const refundRequestWishSchema = pin<contract.RefundRequestWish>()(
  z.strictObject({ reason: writtenText(200, '请写明原因') }),
)

export const customerRequestParams = z.strictObject({
  entry: z.string(),
  orderId: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{13}$/, '订单号有误'),
  requestId: z.uuid('编号有误'),
})
