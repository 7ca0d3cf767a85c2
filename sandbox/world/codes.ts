import type { BusinessClock } from './clock.ts'
import { letters } from './random.ts'

/** Codes live five minutes and work once. https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken */
export const CODE_LIFETIME_MS = 5 * 60_000

/** 'login' comes from wx.login, the snsapi ones from the OAuth page. */
export type CodeScope = 'login' | 'snsapi_base' | 'snsapi_userinfo'

/** A login code that was given out. */
export interface LoginCode {
  appid: string
  personId: string
  scope: CodeScope
  expiresAtMs: number
  used: boolean
}

/** Login codes: in memory only, a restart forgets them as five minutes would. */
export interface Codes {
  issue(given: { appid: string; personId: string; scope: CodeScope }): string
  /** Spends the code. 40029: unknown, expired or of another app; 40163: already used. */
  redeem(code: string, appid: string): LoginCode | 40029 | 40163
  clear(): void
}

const PRUNE_ABOVE = 10_000

export function createCodes(clock: BusinessClock): Codes {
  const codes = new Map<string, LoginCode>()
  const prune = () => {
    if (codes.size < PRUNE_ABOVE) return
    for (const [code, entry] of codes) if (entry.expiresAtMs <= clock.nowMs()) codes.delete(code)
  }
  return {
    issue(given) {
      prune()
      const code = `0${letters(31)}`
      codes.set(code, { ...given, expiresAtMs: clock.nowMs() + CODE_LIFETIME_MS, used: false })
      return code
    },
    redeem(code, appid) {
      const entry = codes.get(code)
      if (!entry || entry.appid !== appid) return 40029
      if (entry.used) return 40163
      if (entry.expiresAtMs <= clock.nowMs()) return 40029
      entry.used = true
      return entry
    },
    clear: () => codes.clear(),
  }
}
