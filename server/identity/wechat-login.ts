import type { EntryConfig } from '../config/load-config.ts'

/** Who WeChat says a code belongs to, under the entry's own appid. */
export interface WechatIdentity {
  openid: string
  /** Only where WeChat gives one: an app bound to an Open Platform account. */
  unionid: string | null
  /** Snapshot mode: a made-up openid that may look around and nothing else. */
  isVirtual: boolean
}

/** What identity needs of WeChat's login. Throws NotSignedIn (`code-spent`), NotAllowed, TooMany, ChannelUnknown. */
export interface WechatLogin {
  /** A code of wx.login. */
  exchangeMiniProgramCode(entry: EntryConfig, code: string): Promise<WechatIdentity>
  /** A code of the OAuth page. */
  exchangeOauthCode(entry: EntryConfig, code: string): Promise<WechatIdentity>
  /** Where the browser goes to be asked who it is. */
  authorizeUrl(entry: EntryConfig, redirectUri: string, state: string): string
}
