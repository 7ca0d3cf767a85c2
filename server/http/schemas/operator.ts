import { z } from 'zod'
import type * as contract from '../../../contract/operator.ts'
import { limits } from '../../config/limits.ts'
import { largestFen } from '../../shared/fen.ts'
import { deliverySchema } from './delivery.ts'
import { orderIdParams, orderSchema } from './order.ts'
import { paymentIdParams, paymentSchema } from './payment.ts'
import { pin } from './pin.ts'
import { refundRequestSchema, refundState } from './refund.ts'
import { shippingSchema } from './shipping.ts'
import { writtenText } from './text.ts'

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
      refundableFen: fen,
    })
    .meta({ id: 'OperatorPayment' }),
)

const timelineEventSchema = pin<contract.TimelineEvent>()(
  z
    .strictObject({
      at: instant,
      subject: z.enum(['order', 'payment', 'refund', 'anomaly', 'request', 'approval']),
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
      deliveries: z.array(deliverySchema),
      shipping: shippingSchema.nullable(),
    })
    .meta({ id: 'OperatorOrder' }),
)

export const operatorRefundRequestSchema = pin<contract.OperatorRefundRequest>()(
  z.strictObject({
    paymentId: paymentIdParams.shape.paymentId.optional(),
    amountFen: z.int('金额须为整数分').min(1, '至少退 1 分').max(largestFen, '金额太大').optional(),
    reason: writtenText(80, '原因不能为空').optional(),
  }),
)

export const operatorOrderParams = orderIdParams.omit({ entry: true })
export const operatorPaymentParams = operatorOrderParams.extend(paymentIdParams.omit({ entry: true }).shape)

export const anomalySchema = pin<contract.Anomaly>()(
  z
    .strictObject({
      id: z.string(),
      orderId: z.string().nullable(),
      paymentId: z.string(),
      kind: z.enum([
        'mismatch',
        'orphan',
        'unknown-refund',
        'refund-abnormal',
        'refund-failed',
        'refunded-twice',
        'out-of-stock',
        'left-open',
      ]),
      state: z.enum(['open', 'resolved', 'dismissed']),
      foundAt: instant,
      particulars: z.record(z.string(), z.unknown()),
      actions: z.array(z.enum(['settle-again', 'record-refund', 'refund-again', 'dismiss'])),
    })
    .meta({ id: 'Anomaly' }),
)

export const anomalyDetailSchema = pin<contract.AnomalyDetail>()(
  anomalySchema.extend({ timeline: z.array(timelineEventSchema) }).meta({ id: 'AnomalyDetail' }),
)

export const anomalyPageSchema = pin<contract.AnomalyPage>()(
  z
    .strictObject({ anomalies: z.array(anomalySchema), nextCursor: z.string().nullable() })
    .meta({ id: 'AnomalyPage' }),
)

const outRefundNo = z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/, '退款单号有误')

export const foundRefundSchema = pin<contract.FoundRefund>()(z.strictObject({ outRefundNo }))

export const anomalyActionSchema = pin<contract.AnomalyAction>()(
  z.discriminatedUnion('action', [
    z.strictObject({ action: z.literal('settle-again') }),
    z.strictObject({
      action: z.literal('record-refund'),
      outRefundNo,
    }),
    z.strictObject({ action: z.literal('refund-again') }),
    z.strictObject({
      action: z.literal('dismiss'),
      note: writtenText(500, '请写明原因'),
    }),
  ]),
)

export const refundRequestPageSchema = pin<contract.RefundRequestPage>()(
  z
    .strictObject({
      requests: z.array(
        refundRequestSchema
          .extend({ orderId: z.string(), refundableFen: fen })
          .meta({ id: 'OpenRefundRequest' }),
      ),
      nextCursor: z.string().nullable(),
    })
    .meta({ id: 'RefundRequestPage' }),
)

export const refundDecisionSchema = pin<contract.RefundDecision>()(
  z.strictObject({
    approved: z.boolean(),
    reply: writtenText(200, '答复不能为空').optional(),
  }),
)

export const refundDecidedSchema = pin<contract.RefundDecided>()(
  refundRequestSchema
    .extend({ refusal: z.string().nullable(), anomalyId: z.string().nullable() })
    .meta({ id: 'RefundDecided' }),
)

export const refundApprovalSchema = pin<contract.RefundApproval>()(
  z
    .strictObject({
      id: z.string(),
      orderId: z.string(),
      paymentId: z.string(),
      amountFen: fen,
      reason: z.string(),
      state: z.enum(['open', 'approved', 'declined']),
      askedBy: z.string(),
      decidedBy: z.string().nullable(),
      refundId: z.string().nullable(),
      createdAt: instant,
      expiresAt: instant,
    })
    .meta({ id: 'RefundApproval' }),
)

export const refundApprovalPageSchema = pin<contract.RefundApprovalPage>()(
  z
    .strictObject({ approvals: z.array(refundApprovalSchema), nextCursor: z.string().nullable() })
    .meta({ id: 'RefundApprovalPage' }),
)

export const refundApprovalWishSchema = pin<contract.RefundApprovalWish>()(
  z.strictObject({ ...operatorRefundRequestSchema.shape, reason: writtenText(80, '请写明原因') }),
)

export const refundApprovalDecisionSchema = pin<contract.RefundApprovalDecision>()(
  z.strictObject({ approved: z.boolean() }),
)

export const openListQuery = z.strictObject({ cursor: z.string().max(100).optional() })

export const stockChangeSchema = pin<contract.StockChange>()(
  z.strictObject({
    changeBy: z
      .int('件数须为整数')
      .min(-limits.stockMost, '件数太多')
      .max(limits.stockMost, '件数太多')
      .refine((pieces) => pieces !== 0, '件数不能为 0'),
  }),
)

export const productStockSchema = pin<contract.ProductStock>()(
  z
    .strictObject({
      productId: z.string(),
      stock: z.int().min(0),
      held: z.int().min(0),
      piecesLeft: z.int().min(0),
    })
    .meta({ id: 'ProductStock' }),
)

export const priceChangeSchema = pin<contract.PriceChange>()(
  z.strictObject({
    totalFen: z.int('金额须为整数分').min(1, '至少 1 分').max(largestFen, '金额太大'),
    reason: writtenText(80, '请写明原因'),
  }),
)

export const productIdParams = z.strictObject({
  productId: z.string().regex(/^[a-z0-9-]{1,40}$/, '没有这个商品'),
})

const id = z.uuid('编号有误')
export const anomalyIdParams = z.strictObject({ anomalyId: id })
export const requestIdParams = z.strictObject({ requestId: id })
export const approvalIdParams = z.strictObject({ approvalId: id })
