import { z } from 'zod'
import type * as contract from '../../../contract/payment-list.ts'
import { lineSchema } from './order.ts'
import { paymentShape } from './payment.ts'
import { pin } from './pin.ts'

export const paymentPageSchema = pin<contract.PaymentPage>()(
  z
    .strictObject({
      payments: z.array(
        z.strictObject({ ...paymentShape, lines: z.array(lineSchema) }).meta({ id: 'ListedPayment' }),
      ),
      nextCursor: z.string().nullable(),
    })
    .meta({ id: 'PaymentPage' }),
)

export const paymentListQuery = z.strictObject({ cursor: z.string().max(100).optional() })
