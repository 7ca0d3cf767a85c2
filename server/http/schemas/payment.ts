import { z } from 'zod'
import type * as contract from '../../../contract/payment.ts'
import { entryKindSchema } from './entry.ts'
import { pin } from './pin.ts'

const fen = z.int().min(0).meta({ description: 'fen' })
const way = z.enum(['mini-program', 'jsapi', 'h5', 'native-qr', 'alipay-wap', 'alipay-page'])
const instant = z.string().meta({ format: 'date-time' })

/** How received money is shown, of a payment and of the order that it pays. */
export const paidDisplayStates = ['paid', 'part-refunding', 'part-refunded', 'refunding', 'refunded'] as const

/** Fields of every shape of a payment. */
export const paymentShape = {
  id: z.string(),
  orderId: z.string(),
  state: z.enum(['created', 'pending', 'paid', 'closing', 'closed', 'failed']),
  displayState: z.enum([...paidDisplayStates, 'unpaid', 'paying', 'closing', 'closed', 'failed']),
  entryCode: z.string(),
  entryKind: entryKindSchema,
  amountFen: fen,
  createdAt: instant,
  expiresAt: instant,
  paidAt: instant.nullable(),
}

export const paymentSchema = pin<contract.Payment>()(z.strictObject(paymentShape).meta({ id: 'Payment' }))

export const paymentViewSchema = pin<contract.PaymentView>()(
  z
    .strictObject({ ...paymentShape, description: z.string(), way, serverTime: instant })
    .meta({ id: 'PaymentView' }),
)

export const paymentRequestSchema = pin<contract.PaymentRequest>()(
  z.strictObject({
    collectBy: z
      .string()
      .regex(/^[0-9]{2}$/, '入口代码是两位数字')
      .optional(),
    way: way.optional(),
  }),
)

const wechatLaunch = {
  timeStamp: z.string(),
  nonceStr: z.string(),
  package: z.string(),
  signType: z.literal('RSA'),
  paySign: z.string(),
}

export const paymentLaunchSchema = pin<contract.PaymentLaunch>()(
  z
    .discriminatedUnion('way', [
      z.strictObject({ way: z.literal('mini-program'), ...wechatLaunch }),
      z.strictObject({ way: z.literal('jsapi'), appId: z.string(), ...wechatLaunch }),
      z.strictObject({ way: z.literal('h5'), url: z.string() }),
      z.strictObject({ way: z.literal('native-qr'), codeUrl: z.string(), expiresAt: instant }),
      z.strictObject({ way: z.enum(['alipay-wap', 'alipay-page']), url: z.string() }),
    ])
    .meta({ id: 'PaymentLaunch' }),
)

export const paymentCheckSchema = pin<contract.PaymentCheckRequest>()(
  z.strictObject({ hint: z.enum(['ok', 'cancel', 'fail']).optional() }),
)

export const paymentIdParams = z.strictObject({
  entry: z.string(),
  paymentId: z.string().regex(/^[0-9A-Z]{32}$/, '支付单号有误'),
})

/** A post that says everything in its address: a client that sends a price or an openid with it is refused. */
export const emptyBody = z.strictObject({})
