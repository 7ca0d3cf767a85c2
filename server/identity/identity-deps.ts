import type { EntryConfig } from '../config/load-config.ts'
import type { Clock } from '../shared/clock.ts'
import type { Database } from '../store/database.ts'
import type { WechatLogin } from './wechat-login.ts'

export interface IdentityDeps {
  db: Database
  clock: Clock
  login: WechatLogin
  publicUrl: string
  /** By their code. */
  entries: ReadonlyMap<string, EntryConfig>
}

/** A signed-in person: the account, and the entry where they signed in. */
export interface SignedIn {
  accountId: string
  /** Where the account would go if a join were undone; null when it was never joined. */
  originId: string | null
  entry: EntryConfig
  /** Null at entries without a sign-in (browsers, Alipay). */
  openid: string | null
  isVirtual: boolean
}
