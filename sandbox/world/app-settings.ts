import type { BusinessClock } from './clock.ts'
import type { Journal, Register } from './journal.ts'
import type { App } from './merchants.ts'

/** What is set for an app on WeChat's own pages, and how much it may ask of the platform. */
export interface AppSettings {
  appid: string
  /** 发货信息管理: money of its orders is frozen until the goods are received. */
  isTradeManaged: boolean
  /** Since when: orders paid before are not in it. Null: never. */
  tradeManagedFromMs: number | null
  /** The addresses that may fetch access tokens; null: any. */
  ipList: string[] | null
  /** A mini-program without a version online gets no links. */
  isPublished: boolean
  /** Pages that links may lead to, e.g. pages/home/home; null: any. */
  pages: string[] | null
  /** JS接口安全域名: hosts whose pages may call wx.config; null: the merchant's host. */
  jsDomains: string[] | null
  /** code2session for one person. */
  codesAMinute: number
  /** /cgi-bin/token. */
  tokensADay: number
  /** URL Links and Schemes made, together. */
  linksADay: number
  /** URL Links and Schemes opened, together. */
  linkOpensADay: number
}

/** The settings of every app. They are kept, and a reset puts them back. */
export interface AppsSettings {
  register: Register
  of(appid: string): AppSettings
  /** Of the apps whose settings were ever changed. */
  all(): AppSettings[]
  change(appid: string, changes: Partial<Omit<AppSettings, 'appid' | 'tradeManagedFromMs'>>): AppSettings
}

/**
 * As WeChat starts an app off. Where the numbers come from:
 * codesAMinute https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session,
 * tokensADay https://developers.weixin.qq.com/doc/offiaccount/Message_Management/API_Call_Limits.html,
 * the links https://developers.weixin.qq.com/miniprogram/dev/server/API/qrcode-link/url-link/api_generateurllink.html and
 * https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/url-link.html
 */
const defaults = (appid: string): AppSettings => ({
  appid,
  isTradeManaged: false,
  tradeManagedFromMs: null,
  ipList: null,
  isPublished: true,
  pages: null,
  jsDomains: null,
  codesAMinute: 100,
  tokensADay: 2_000,
  linksADay: 500_000,
  linkOpensADay: 6_000_000,
})

export function createAppsSettings(
  apps: Map<string, App>,
  clock: BusinessClock,
  journal: () => Journal,
): AppsSettings {
  const changed = new Map<string, AppSettings>()
  const of = (appid: string) => changed.get(appid) ?? defaults(appid)
  return {
    register: {
      kind: 'app-settings',
      entities: () => changed.values(),
      load: (kept: AppSettings) =>
        void (apps.has(kept.appid) && changed.set(kept.appid, { ...defaults(kept.appid), ...kept })),
      clear: () => changed.clear(),
    },
    of,
    all: () => [...changed.values()],
    change(appid, changes) {
      const before = of(appid)
      const settings = { ...before, ...changes }
      if (!settings.isTradeManaged) settings.tradeManagedFromMs = null
      else if (!before.isTradeManaged) settings.tradeManagedFromMs = clock.nowMs()
      changed.set(appid, settings)
      journal().append('app-settings', settings)
      return settings
    },
  }
}
