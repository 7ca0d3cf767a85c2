import { z } from 'zod'
import type * as contract from '../../../contract/session.ts'
import { entrySchema } from './entry.ts'
import { pin } from './pin.ts'

const instant = z.string().meta({ format: 'date-time' })

export const meSchema = pin<contract.Me>()(
  z
    .strictObject({
      displayName: z.string(),
      entry: entrySchema,
      joined: z.boolean(),
      isShared: z.boolean(),
      isJoinedBrowser: z.boolean(),
    })
    .meta({ id: 'Me' }),
)

/** WeChat's codes are 32 characters today; the alphabet is what keeps quotes and spaces out of an address. */
export const sessionRequestSchema = pin<contract.SessionRequest>()(
  z.strictObject({ code: z.string().regex(/^[0-9A-Za-z_-]{1,128}$/, '登录凭证有误') }),
)

export const sessionSchema = pin<contract.Session>()(
  z.strictObject({ token: z.string(), expiresAt: instant, me: meSchema }).meta({ id: 'Session' }),
)

export const ticketSchema = pin<contract.WebViewTicket>()(
  z.strictObject({ ticket: z.string(), expiresAt: instant }).meta({ id: 'WebViewTicket' }),
)

export const webSessionRequestSchema = pin<contract.WebSessionRequest>()(
  z.strictObject({ ticket: z.string().min(1).max(64) }),
)

export const bindCodeSchema = pin<contract.BindCode>()(
  z.strictObject({ code: z.string(), expiresAt: instant }).meta({ id: 'BindCode' }),
)

/** Any short text is a try, and counted: what a code looks like is for the noun to say. */
export const bindingRequestSchema = pin<contract.BindingRequest>()(
  z.strictObject({ code: z.string().min(1, '请输入绑定码').max(64, '绑定码是 10 位字母和数字') }),
)

export const joinSchema = pin<contract.Join>()(
  z
    .strictObject({
      id: z.string(),
      state: z.enum(['waiting', 'refused']),
      displayName: z.string(),
      entry: entrySchema,
      askedAt: instant,
      expiresAt: instant,
    })
    .meta({ id: 'Join' }),
)

export const bindingSchema = pin<contract.Binding>()(
  meSchema.extend({ join: joinSchema }).meta({ id: 'Binding' }),
)

export const joinsSchema = pin<contract.Joins>()(
  z.strictObject({ toConfirm: joinSchema.nullable(), asked: joinSchema.nullable() }).meta({ id: 'Joins' }),
)

export const joinParams = z.object({ entry: z.string(), joinId: z.uuid('编号有误') })

export const browserSessionRequestSchema = pin<contract.BrowserSessionRequest>()(
  z.strictObject({ isShared: z.boolean().optional() }),
)

export const sessionEndSchema = pin<contract.SessionEnd>()(
  z.strictObject({ ended: z.boolean() }).meta({ id: 'SessionEnd' }),
)
