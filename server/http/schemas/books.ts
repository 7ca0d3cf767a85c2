import { z } from 'zod'
import type * as contract from '../../../contract/books.ts'
import { pin } from './pin.ts'
import { refundState } from './refund.ts'

const fen = z.int().min(0).meta({ description: 'fen' })

export const bookLineSchema = pin<contract.BookLine>()(
  z
    .strictObject({
      outTradeNo: z.string(),
      orderId: z.string(),
      channel: z.string(),
      mchid: z.string(),
      state: z.enum(['created', 'pending', 'paid', 'closing', 'closed', 'failed']),
      amountFen: fen,
      kept: z.boolean(),
      refundedFen: fen,
      refundableFen: fen,
      refunds: z.array(z.strictObject({ outRefundNo: z.string(), state: refundState, amountFen: fen })),
    })
    .meta({ id: 'BookLine' }),
)
