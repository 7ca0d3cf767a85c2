import type { Me } from '../../contract/session.ts'
import type { EntryConfig } from '../config/load-config.ts'
import { countDoors } from '../store/accounts.ts'
import type { Database } from '../store/database.ts'

/** Who a session is, in words that may be shown. */
export async function readMe(db: Database, entry: EntryConfig, accountId: string): Promise<Me> {
  return {
    displayName: `用户 ${accountId.slice(-6)}`,
    entry: { code: entry.code, kind: entry.kind },
    joined: (await countDoors(db, accountId)) > 1,
  }
}
