import { createHash, randomBytes } from 'node:crypto'

/** Crockford's base32: no I, L, O, U, so that a number survives being read aloud. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const draw = (length: number) => Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join('')

/** An order's id: 13 random characters (65 bits). Not counted: a restored backup could issue a counted number twice. */
export const newOrderId = () => draw(13)

/** An account's id: 16 random characters (80 bits). */
export const newAccountId = () => draw(16)

/** A bearer token, ticket or pre-session: 32 random bytes as 43 characters. */
export const newToken = () => randomBytes(32).toString('base64url')

/** A web-view ticket: 128 random bits as 22 characters. */
export const newTicket = () => randomBytes(16).toString('base64url')

/** An OAuth state: WeChat allows a-zA-Z0-9 only, at most 128 bytes. */
export const newOauthState = () => randomBytes(20).toString('hex')

/** Ten characters (50 bits) that a person can carry from one screen to another. */
export const newBindCode = () => draw(10)

/**
 * A bind code as it was drawn, from what a person typed: small letters, spaces, dashes, and the letters that look like a
 * digit are understood. Null: it is none.
 */
export function readBindCode(typed: string): string | null {
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(code) ? code : null
}

/** What is stored in place of a secret. */
export const hashSecret = (secret: string) => createHash('sha256').update(secret).digest()

/** What a number of ours says about itself. */
export interface PaymentNumber {
  entryCode: string
  goodsType: string
  orderId: string
  /** Counted within the order, each kind for itself; at most 1023. */
  attempt: number
}

const stamp = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Shanghai',
  year: '2-digit',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

const stampOf = (at: Date) => {
  const parts = Object.fromEntries(stamp.formatToParts(at).map((part) => [part.type, part.value]))
  return `${parts.year}${parts.month}${parts.day}${parts.hour}${parts.minute}${parts.second}`
}

/** The day in UTC+8, e.g. "2026-11-21". */
export const businessDay = (at: Date): string => at.toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })

/**
 * A number of ours, 32 characters: entry 2, kind 1 (1: payment, 2: refund), goods type 2, yyMMddHHmmss in UTC+8,
 * order 13, attempt 2. It tells whoever holds it the order and the door; it grants nothing.
 */
function numberOf(kind: 1 | 2, parts: PaymentNumber, at: Date): string {
  const attempt = alphabet[parts.attempt >> 5]! + alphabet[parts.attempt & 31]!
  return `${parts.entryCode}${kind}${parts.goodsType}${stampOf(at)}${parts.orderId}${attempt}`
}

/** An out_trade_no. */
export const paymentNumber = (parts: PaymentNumber, at: Date): string => numberOf(1, parts, at)

/** An out_refund_no: through the door of the payment that it goes back out of. */
export const refundNumber = (parts: PaymentNumber, at: Date): string => numberOf(2, parts, at)

const paymentNumberShape = /^([0-9]{2})1([0-9]{2})[0-9]{12}([0-9A-HJKMNP-TV-Z]{13})[0-9A-HJKMNP-TV-Z]{2}$/

/** The order that a payment number names, or null when the number is none of ours. */
export const orderIdOf = (outTradeNo: string): string | null =>
  paymentNumberShape.exec(outTradeNo)?.[3] ?? null
