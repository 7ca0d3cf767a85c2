import { z } from 'zod'
import type { Problem, ProblemCode } from '../../../contract/problem.ts'
import { problemKinds } from '../problem.ts'
import { pin } from './pin.ts'

const problemCodeSchema = pin<ProblemCode>()(
  z.enum([
    'ticket-spent',
    'code-spent',
    'order-paid',
    'order-closed',
    'payment-closed',
    'wrong-payer',
    'virtual-account',
    'address-changed',
    'address-unknown',
    'out-of-stock',
    'too-many-unpaid',
    'purchase-limit',
    'product-gone',
    'bind-code-wrong',
    'bind-code-own',
    'two-people',
    'joined-browser',
    'join-over',
    'outside-mini-program',
    'wechat-silent',
    'refund-asked',
    'refund-unknown',
    'over-limit',
    'own-approval',
  ]),
)

const kinds = problemKinds.map(({ status, slug }) => `${status} ${slug}`).join(', ')

export const problemSchema = pin<Problem>()(
  z
    .strictObject({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: z.string(),
      code: problemCodeSchema.optional(),
      orderId: z.string().optional(),
      closure: z.enum(['cancelled', 'cancelling', 'expired', 'last-minute']).optional(),
      requestId: z.string(),
      errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    })
    .meta({ id: 'Problem', description: `RFC 9457. Its type is /problems/ and a word: ${kinds}.` }),
)
