import { limits } from '../config/limits.ts'
import type { EntryConfig } from '../config/load-config.ts'
import { KindError } from '../shared/errors.ts'
import { hashSecret, newTicket } from '../shared/id.ts'
import { findIdentity, ownerOf } from '../store/accounts.ts'
import { findTicket, insertTicket, spendTicket } from '../store/sessions.ts'
import type { SessionRow } from '../store/tables.ts'
import type { IdentityDeps, SignedIn } from './identity-deps.ts'

/** Issues a ticket with which the web-view of this very person signs in once, within a minute, at the same door. */
export async function issueTicket(
  deps: Pick<IdentityDeps, 'db' | 'clock'>,
  session: SessionRow,
): Promise<{ ticket: string; expiresAt: Date }> {
  const { appid, openid } = session
  if (appid === null || openid === null)
    throw new KindError('NotAllowed', '这里不用登录凭证，请直接打开页面。')
  const ticket = newTicket()
  const expiresAt = new Date(deps.clock.now().getTime() + limits.webViewTicketLifetimeMs)
  await insertTicket(deps.db, {
    ticketHash: hashSecret(ticket),
    entryCode: session.entry_code,
    appid,
    openid,
    accountId: session.account_id,
    expiresAt,
  })
  return { ticket, expiresAt }
}

/** Spends a ticket. Throws NotSignedIn `ticket-spent` for one that is unknown, spent, too old, or another door's or app's. */
export async function redeemTicket(
  deps: Pick<IdentityDeps, 'db' | 'clock'>,
  entry: EntryConfig,
  ticket: string,
): Promise<SignedIn> {
  const spent = await spendTicket(deps.db, hashSecret(ticket), entry.code, deps.clock.now())
  if (spent?.appid !== entry.customerAppid)
    throw new KindError('NotSignedIn', '登录已过期，请返回小程序重新进入。', { code: 'ticket-spent' })
  // Looked up again: the account may have been joined to another since the ticket was issued.
  const identity = await findIdentity(deps.db, spent.appid, spent.openid)
  const owner = identity ? ownerOf(identity) : { accountId: spent.account_id, originId: null }
  return {
    ...owner,
    entry,
    openid: spent.openid,
    isVirtual: false,
  }
}

/** Whether a ticket, good or spent, was issued to another person than a session at the same entry is of. */
export async function isAnothersTicket(
  { db }: Pick<IdentityDeps, 'db'>,
  session: SessionRow,
  ticket: string,
): Promise<boolean> {
  const issued = await findTicket(db, hashSecret(ticket), session.entry_code)
  return issued !== undefined && (issued.appid !== session.appid || issued.openid !== session.openid)
}
