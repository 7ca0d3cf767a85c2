import type { Request } from 'express'
import type { Payer } from '../payments/payment-deps.ts'
import type { SessionRow } from '../store/tables.ts'

/** Who pays is what the session says; where from is what the trusted proxies say. */
export const payerOf = (session: SessionRow, req: Request): Payer => ({
  accountId: session.account_id,
  entryCode: session.entry_code,
  customerAppid: session.appid,
  openid: session.openid,
  ip: addressOf(req),
})

/** Sockets that take both kinds write IPv4 addresses as "::ffff:203.0.113.9". */
const addressOf = (req: Request) => (req.ip ?? '').replace(/^::ffff:(?=[0-9.]+$)/, '')
