import { userAgentOfClient } from './user-agents.ts'

/** What a page may hear when a native page covers its web-view and when it comes back. */
export type CoverEvent = 'visibilitychange' | 'pageshow' | 'focus'

/** The program in which pages are shown. host: another app, with its own mini-programs, that opens no other program. */
export type Client = 'wechat' | 'wecom' | 'alipay' | 'host' | 'browser'

/**
 * A device as a web page can tell it from others. Rows, so that a new device is data: the phone draws itself by
 * `client` and `form`, and nothing in it asks which row it runs.
 */
export interface Profile {
  id: string
  /** Shown in the picker. */
  name: string
  client: Client
  /** A phone in the hand, or a window on a computer's desktop. */
  form: 'phone' | 'window'
  /** wx.getDeviceInfo().platform */
  platform: 'ios' | 'android' | 'ohos' | 'windows'
  system: string
  brand: string
  model: string
  /** Of the WeChat on this device; also a browser's phone has one, which H5 pay wakes. Empty: none is installed. */
  wechatVersion: string
  /** A row of user-agents.json; WeChat's part Language/… is that of the phone, see userAgentOf. */
  userAgent: string
  /** Added to the user agent inside a mini-program's web-view; iOS adds nothing there. `{appid}` is filled in. */
  miniProgramSuffix: string
  /** Height of what the system draws over the bottom of a page, in px; pages learn it as a safe area. */
  safeAreaBottom: number
  /** Milliseconds from document start until the client's bridge exists. 0: from the first script on. */
  bridgeDelayMs: number
  /** Whether the cashier hides what opened it: onHide as it opens, onShow as it closes, before the answer. */
  cashierHides: boolean
  /** Events on return from a native page; with none, document.hidden never changes either. */
  coverEvents: readonly CoverEvent[]
  /** wx.config is signed for the address the web-view landed on, not for where the page has gone since. */
  signsLandingUrl: boolean
  /** A mini-program may open the cashier only while a finger is on a button. */
  payNeedsTap: boolean
  /** A web page may open the cashier (getBrandWCPayRequest). On a computer it shows a QR code instead. */
  hasPageCashier: boolean
}

const IOS = {
  client: 'wechat',
  form: 'phone',
  platform: 'ios',
  system: 'iOS 18.5',
  brand: 'iPhone',
  model: 'iPhone 16',
  wechatVersion: '8.0.60',
  userAgent: userAgentOfClient('WeChat, iOS'),
  miniProgramSuffix: '',
  safeAreaBottom: 22,
  bridgeDelayMs: 0,
  cashierHides: true,
  coverEvents: ['visibilitychange', 'pageshow'],
  signsLandingUrl: true,
  payNeedsTap: false,
  hasPageCashier: true,
} as const satisfies Omit<Profile, 'id' | 'name'>

const ANDROID = {
  ...IOS,
  platform: 'android',
  system: 'Android 15',
  brand: 'Xiaomi',
  model: '24129PN74C',
  userAgent: userAgentOfClient('WeChat, Android'),
  miniProgramSuffix: ' miniProgram/{appid}',
  safeAreaBottom: 0,
  bridgeDelayMs: 180,
  coverEvents: ['visibilitychange', 'focus'],
  signsLandingUrl: false,
} as const satisfies Omit<Profile, 'id' | 'name'>

const HARMONY = {
  ...ANDROID,
  platform: 'ohos',
  system: 'OpenHarmony 5.1',
  brand: 'HUAWEI',
  model: 'BRA-AL00',
  wechatVersion: '8.0.9',
  userAgent: userAgentOfClient('WeChat, HarmonyOS'),
  safeAreaBottom: 28,
  coverEvents: ['visibilitychange'],
  payNeedsTap: true,
} as const satisfies Omit<Profile, 'id' | 'name'>

/** WeChat 4 for Windows; its mini-programs run in WMPF, in a window of their own. */
const WINDOWS_WECHAT = {
  ...ANDROID,
  form: 'window',
  platform: 'windows',
  system: 'Windows 11 x64',
  brand: 'microsoft',
  model: 'microsoft',
  wechatVersion: '4.0.5',
  userAgent: userAgentOfClient('WeChat, Windows'),
  miniProgramSuffix: ' MiniProgramEnv/Windows WindowsWechat/WMPF miniProgram/{appid}',
  bridgeDelayMs: 60,
  // Windows lie beside each other: nothing is covered.
  cashierHides: false,
  coverEvents: ['focus'],
  hasPageCashier: false,
} as const satisfies Omit<Profile, 'id' | 'name'>

const ALIPAY = {
  ...IOS,
  client: 'alipay',
  userAgent: userAgentOfClient('Alipay, iOS'),
  bridgeDelayMs: 40,
} as const satisfies Omit<Profile, 'id' | 'name'>

/** Alipay's mini-programs show pages in the same client, which says so. */
const ALIPAY_MINI_PROGRAM = {
  ...ALIPAY,
  userAgent: userAgentOfClient('Alipay mini-program, iOS'),
} as const satisfies Omit<Profile, 'id' | 'name'>

/** WeCom calls itself MicroMessenger, has WeChat's bridge, and opens neither a cashier nor WeChat. */
const WECOM = {
  ...IOS,
  client: 'wecom',
  wechatVersion: '',
  userAgent: userAgentOfClient('WeCom, iOS'),
  cashierHides: false,
  hasPageCashier: false,
} as const satisfies Omit<Profile, 'id' | 'name'>

/** WeCom on a computer's desktop. */
const WECOM_PC = {
  ...WINDOWS_WECHAT,
  client: 'wecom',
  wechatVersion: '',
  userAgent: userAgentOfClient('WeCom, Windows'),
} as const satisfies Omit<Profile, 'id' | 'name'>

/** The mini-program of an app that is neither WeChat nor Alipay: no bridge of theirs, and no other program is woken. */
const DOUYIN_MINI_PROGRAM = {
  ...IOS,
  client: 'host',
  wechatVersion: '',
  userAgent: userAgentOfClient('Douyin mini-program, iOS'),
  cashierHides: false,
  hasPageCashier: false,
} as const satisfies Omit<Profile, 'id' | 'name'>

const SAFARI = {
  ...IOS,
  client: 'browser',
  userAgent: userAgentOfClient('Safari, iPhone'),
  coverEvents: ['visibilitychange', 'focus'],
} as const satisfies Omit<Profile, 'id' | 'name'>

const CHROME = {
  ...ANDROID,
  client: 'browser',
  // Chrome tells every site the same reduced system and model: https://www.chromium.org/updates/ua-reduction/
  userAgent: userAgentOfClient('Chrome, Android'),
} as const satisfies Omit<Profile, 'id' | 'name'>

const COMPUTER = {
  ...WINDOWS_WECHAT,
  client: 'browser',
  wechatVersion: '',
  userAgent: userAgentOfClient('Chrome, Windows'),
} as const satisfies Omit<Profile, 'id' | 'name'>

/** The devices on offer. What pages hear of being covered differs between models and versions; no document promises it. */
export const profiles: readonly Profile[] = [
  { id: 'ios', name: 'iPhone', ...IOS },
  { id: 'android', name: '安卓', ...ANDROID },
  { id: 'harmony', name: '鸿蒙', ...HARMONY },
  { id: 'silent', name: '安静的安卓', ...ANDROID, coverEvents: [], cashierHides: false },
  { id: 'wechat-pc', name: '电脑微信', ...WINDOWS_WECHAT },
  { id: 'wecom', name: '企业微信', ...WECOM },
  { id: 'wecom-pc', name: '电脑企业微信', ...WECOM_PC },
  { id: 'alipay', name: '支付宝', ...ALIPAY },
  { id: 'alipay-mini', name: '支付宝小程序', ...ALIPAY_MINI_PROGRAM },
  { id: 'douyin-mini', name: '抖音小程序', ...DOUYIN_MINI_PROGRAM },
  { id: 'safari', name: 'Safari', ...SAFARI },
  { id: 'chrome', name: '安卓 Chrome', ...CHROME },
  { id: 'pc', name: '电脑 Chrome', ...COMPUTER },
]

/** @returns the row of that id, or undefined when there is none. */
export function findProfile(id: string): Profile | undefined {
  return profiles.find((profile) => profile.id === id)
}

export type Language = 'zh-CN' | 'en'

/**
 * The user agent of a page or a request.
 * @param appid the mini-program whose web-view shows the page; null in the official account's browser
 */
export function userAgentOf(profile: Profile, language: Language, appid: string | null): string {
  const base =
    language === 'en' ? profile.userAgent.replace(/Language\/zh\S*/, 'Language/en') : profile.userAgent
  return appid === null ? base : base + profile.miniProgramSuffix.replace('{appid}', appid)
}
