import type { BusinessClock } from './clock.ts'
import { letters } from './random.ts'

/** Codes live five minutes and work once. https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken */
export const CODE_LIFETIME_MS = 5 * 60_000

/** 'login' comes from wx.login, 'phone' from a getPhoneNumber button, the snsapi ones from the OAuth page. */
export type CodeScope = 'login' | 'phone' | 'snsapi_base' | 'snsapi_userinfo'

/** What a code is exchanged for: who somebody is, or their phone number. One does not do for the other. */
export type CodeUse = 'identity' | 'phone'

/** A login code that was given out. */
export interface LoginCode {
  appid: string
  personId: string
  scope: CodeScope
  issuedAtMs: number
  expiresAtMs: number
  used: boolean
}

/** Login codes: in memory only, a restart forgets them as five minutes would. */
export interface Codes {
  issue(given: { appid: string; personId: string; scope: CodeScope }): string
  /** A code that was given out for that use, whatever has become of it. */
  find(code: string, use: CodeUse): LoginCode | undefined
  /** Spends the code. 40029: unknown, expired or of another app; 40163: already used. */
  redeem(code: string, appid: string, use?: CodeUse): LoginCode | 40029 | 40163
  clear(): void
}

const PRUNE_ABOVE = 10_000

export function createCodes(clock: BusinessClock): Codes {
  const codes = new Map<string, LoginCode>()
  const prune = () => {
    if (codes.size < PRUNE_ABOVE) return
    for (const [code, entry] of codes) if (entry.expiresAtMs <= clock.nowMs()) codes.delete(code)
  }
  const find = (code: string, use: CodeUse) => {
    const entry = codes.get(code)
    return entry && (entry.scope === 'phone') === (use === 'phone') ? entry : undefined
  }
  return {
    issue(given) {
      prune()
      const code = `0${letters(31)}`
      const issuedAtMs = clock.nowMs()
      codes.set(code, { ...given, issuedAtMs, expiresAtMs: issuedAtMs + CODE_LIFETIME_MS, used: false })
      return code
    },
    find,
    redeem(code, appid, use = 'identity') {
      const entry = find(code, use)
      if (!entry || entry.appid !== appid) return 40029
      if (entry.used) return 40163
      if (entry.expiresAtMs <= clock.nowMs()) return 40029
      entry.used = true
      return entry
    },
    clear: () => codes.clear(),
  }
}
