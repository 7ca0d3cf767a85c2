import type { Me } from '../../contract/session.ts'
import type { EntryConfig } from '../config/load-config.ts'
import { countDoors } from '../store/accounts.ts'
import type { Database } from '../store/database.ts'
import type { SessionRow } from '../store/tables.ts'
import { displayNameOf } from './display-name.ts'
import { isJoinedBrowser } from './joined-browser.ts'

/** Who a session is, in words that may be shown. */
export async function readMe(db: Database, entry: EntryConfig, session: SessionRow): Promise<Me> {
  const { account_id: accountId, is_shared: isShared } = session
  return {
    displayName: displayNameOf(accountId),
    entry: { code: entry.code, kind: entry.kind },
    joined: (await countDoors(db, accountId)) > 1,
    isShared,
    isJoinedBrowser: await isJoinedBrowser(db, session),
  }
}
