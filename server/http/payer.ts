import type { Payer } from '../payments/payment-deps.ts'
import type { SessionRow } from '../store/tables.ts'

/** Who pays is what the session says. */
export const payerOf = (session: SessionRow): Payer => ({
  accountId: session.account_id,
  entryCode: session.entry_code,
  customerAppid: session.appid,
  openid: session.openid,
})
