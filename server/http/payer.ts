import type { Request } from 'express'
import type { Payer } from '../payments/payment-deps.ts'
import type { SessionRow } from '../store/tables.ts'
import { clientAddress } from './client-address.ts'

/** Who pays is what the session says; where from is what the trusted proxies say. */
export function payerOf(session: SessionRow, req: Request): Payer {
  const { address, isClients } = clientAddress(req)
  return {
    accountId: session.account_id,
    entryCode: session.entry_code,
    customerAppid: session.appid,
    openid: session.openid,
    ip: isClients ? address : null,
  }
}
