/** What a page may hear when a native page covers its web-view and when it comes back. */
export type CoverEvent = 'visibilitychange' | 'pageshow' | 'focus'

/**
 * A device as a web page can tell it from others. Rows, so that a new device is data: nothing else in the phone
 * asks which profile it runs.
 */
export interface Profile {
  id: string
  /** Shown in the picker. */
  name: string
  /** wx.getDeviceInfo().platform */
  platform: 'ios' | 'android'
  system: string
  brand: string
  model: string
  wechatVersion: string
  /** `{language}` becomes WeChat's spelling of the language: zh_CN or en. */
  userAgent: string
  /** Added to the user agent inside a mini-program's web-view; iOS adds nothing there. `{appid}` is filled in. */
  miniProgramSuffix: string
  /** Height of what the system draws over the bottom of a page, in px; pages learn it as a safe area. */
  safeAreaBottom: number
  /** Milliseconds from document start until WeixinJSBridge exists. 0: from the first script on. */
  bridgeDelayMs: number
  /** Whether the cashier hides what opened it: onHide as it opens, onShow as it closes, before the answer. */
  cashierHides: boolean
  /** Events on return from a native page; with none, document.hidden never changes either. */
  coverEvents: readonly CoverEvent[]
}

const IOS = {
  platform: 'ios',
  system: 'iOS 18.5',
  brand: 'iPhone',
  model: 'iPhone 16',
  wechatVersion: '8.0.60',
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.60(0x18003c2f) NetType/WIFI Language/{language}',
  miniProgramSuffix: '',
  safeAreaBottom: 22,
  bridgeDelayMs: 0,
} as const

const ANDROID = {
  platform: 'android',
  system: 'Android 15',
  brand: 'Xiaomi',
  model: '24129PN74C',
  wechatVersion: '8.0.60',
  userAgent:
    'Mozilla/5.0 (Linux; Android 15; 24129PN74C Build/AQ3A.240829.003; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/134.0.6998.135 Mobile Safari/537.36 XWEB/1340123 MMWEBSDK/20250501 MicroMessenger/8.0.60.2860(0x28003C3D) WeChat/arm64 Weixin NetType/WIFI Language/{language} ABI/arm64',
  miniProgramSuffix: ' miniProgram/{appid}',
  safeAreaBottom: 0,
  bridgeDelayMs: 180,
} as const

/** The devices on offer. What pages hear of being covered differs between models and versions; no document promises it. */
export const profiles: readonly Profile[] = [
  { id: 'ios', name: 'iPhone', ...IOS, coverEvents: ['visibilitychange', 'pageshow'], cashierHides: true },
  { id: 'android', name: '安卓', ...ANDROID, coverEvents: ['visibilitychange', 'focus'], cashierHides: true },
  { id: 'silent', name: '安静的安卓', ...ANDROID, coverEvents: [], cashierHides: false },
]

/** @returns the row of that id, or undefined when there is none. */
export function findProfile(id: string): Profile | undefined {
  return profiles.find((profile) => profile.id === id)
}

/** The language as WeChat's user agent spells it. */
const userAgentLanguage = { 'zh-CN': 'zh_CN', en: 'en' } as const
export type Language = keyof typeof userAgentLanguage

/**
 * The user agent of a page or a request.
 * @param appid the mini-program whose web-view shows the page; null in the official account's browser
 */
export function userAgentOf(profile: Profile, language: Language, appid: string | null): string {
  const base = profile.userAgent.replace('{language}', userAgentLanguage[language])
  return appid === null ? base : base + profile.miniProgramSuffix.replace('{appid}', appid)
}
