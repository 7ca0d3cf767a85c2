import { z } from 'zod'
import type * as contract from '../../../contract/operator.ts'
import { largestFen } from '../../shared/fen.ts'
import { orderIdParams, orderSchema } from './order.ts'
import { paymentIdParams, paymentSchema } from './payment.ts'
import { pin } from './pin.ts'
import { refundState } from './refund.ts'

const fen = z.int().min(0).meta({ description: 'fen' })
const instant = z.string().meta({ format: 'date-time' })

export const operatorRefundSchema = pin<contract.OperatorRefund>()(
  z
    .strictObject({
      id: z.string(),
      paymentId: z.string(),
      state: refundState,
      origin: z.enum(['operator', 'surplus', 'platform']),
      requestedBy: z.string().nullable(),
      reason: z.string().nullable(),
      amountFen: fen,
      refundId: z.string().nullable(),
      refusal: z.string().nullable(),
      createdAt: instant,
      dueAt: instant,
      succeededAt: instant.nullable(),
    })
    .meta({ id: 'OperatorRefund' }),
)

const operatorPaymentSchema = pin<contract.OperatorPayment>()(
  paymentSchema
    .extend({
      kept: z.boolean(),
      mchid: z.string(),
      transactionId: z.string().nullable(),
      reservedFen: fen,
      refundedFen: fen,
    })
    .meta({ id: 'OperatorPayment' }),
)

const timelineEventSchema = pin<contract.TimelineEvent>()(
  z
    .strictObject({
      at: instant,
      subject: z.enum(['order', 'payment', 'refund']),
      number: z.string(),
      event: z.string(),
      fromState: z.string().nullable(),
      toState: z.string(),
      evidence: z.record(z.string(), z.unknown()),
    })
    .meta({ id: 'TimelineEvent' }),
)

export const operatorOrderSchema = pin<contract.OperatorOrder>()(
  z
    .strictObject({
      order: orderSchema,
      payments: z.array(operatorPaymentSchema),
      refunds: z.array(operatorRefundSchema),
      timeline: z.array(timelineEventSchema),
    })
    .meta({ id: 'OperatorOrder' }),
)

export const operatorRefundRequestSchema = pin<contract.OperatorRefundRequest>()(
  z.strictObject({
    paymentId: paymentIdParams.shape.paymentId.optional(),
    amountFen: z.int('金额须为整数分').min(1, '至少退 1 分').max(largestFen, '金额太大').optional(),
    reason: z.string().trim().min(1, '原因不能为空').max(80, '原因最多 80 个字').optional(),
  }),
)

export const operatorOrderParams = orderIdParams.omit({ entry: true })
