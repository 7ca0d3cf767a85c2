import type { EntryConfig } from '../config/load-config.ts'
import type { Clock } from '../shared/clock.ts'
import type { Database } from '../store/database.ts'
import type { WechatLogin } from './wechat-login.ts'

export interface IdentityDeps {
  db: Database
  clock: Clock
  login: WechatLogin
  publicUrl: string
}

/** Who somebody is, at which door. */
export interface SignedIn {
  accountId: string
  entry: EntryConfig
  /** Null where nobody signs in. */
  openid: string | null
  isVirtual: boolean
}
