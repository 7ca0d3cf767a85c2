import { hasIdentity } from '../store/accounts.ts'
import type { Database } from '../store/database.ts'
import type { SessionRow } from '../store/tables.ts'

/**
 * Whether this is a browser's session of an account that WeChat knows. It shows that person's orders, but the next person may
 * sit in front of the browser: only sessions that WeChat has signed in join accounts.
 */
export const isJoinedBrowser = async (db: Database, session: SessionRow): Promise<boolean> =>
  session.openid === null && (await hasIdentity(db, session.account_id))
