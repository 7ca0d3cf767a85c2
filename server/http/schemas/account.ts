import { z } from 'zod'
import type * as contract from '../../../contract/account.ts'
import { pin } from './pin.ts'
import { writtenText } from './text.ts'

const instant = z.string().meta({ format: 'date-time' })
const accountId = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{16}$/, '账号编号有误')

export const operatorAccountSchema = pin<contract.OperatorAccount>()(
  z
    .strictObject({
      accountId: z.string(),
      displayName: z.string(),
      parts: z.array(
        z.strictObject({
          partId: z.string(),
          displayName: z.string(),
          isOwn: z.boolean(),
          identities: z.array(z.strictObject({ appid: z.string(), openidSuffix: z.string() })),
          browserEntries: z.array(z.string()),
          orderCount: z.number().int(),
        }),
      ),
      history: z.array(
        z.strictObject({
          at: instant,
          event: z.enum(['joined', 'split']),
          otherAccountId: z.string(),
          by: z.string(),
          reason: z.string().nullable(),
          orderCount: z.number().int(),
        }),
      ),
    })
    .meta({ id: 'OperatorAccount' }),
)

export const accountSplitSchema = pin<contract.AccountSplit>()(
  z.strictObject({ partId: accountId, reason: writtenText(80, '请写明原因') }),
)

export const accountIdParams = z.strictObject({ accountId })
