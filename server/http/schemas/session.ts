import { z } from 'zod'
import type * as contract from '../../../contract/session.ts'
import { entrySchema } from './entry.ts'
import { pin } from './pin.ts'

const instant = z.string().meta({ format: 'date-time' })

export const meSchema = pin<contract.Me>()(
  z.strictObject({ displayName: z.string(), entry: entrySchema, joined: z.boolean() }).meta({ id: 'Me' }),
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

export const bindingRequestSchema = pin<contract.BindingRequest>()(
  z.strictObject({ code: z.string().regex(/^[0-9]{8}$/, '绑定码是 8 位数字') }),
)
