/** What a page may hear when a native page covers its web-view and when it comes back. */
export type CoverEvent = 'visibilitychange' | 'pageshow' | 'focus'

/** The program in which pages are shown. */
export type Client = 'wechat' | 'alipay' | 'browser'

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
  /** `{language}` becomes WeChat's spelling of the language: zh_CN or en. */
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
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.60(0x18003c2f) NetType/WIFI Language/{language}',
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
  userAgent:
    'Mozilla/5.0 (Linux; Android 15; 24129PN74C Build/AQ3A.240829.003; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/134.0.6998.135 Mobile Safari/537.36 XWEB/1340123 MMWEBSDK/20250501 MicroMessenger/8.0.60.2860(0x28003C3D) WeChat/arm64 Weixin NetType/WIFI Language/{language} ABI/arm64',
  miniProgramSuffix: ' miniProgram/{appid}',
  safeAreaBottom: 0,
  bridgeDelayMs: 180,
  coverEvents: ['visibilitychange', 'focus'],
  signsLandingUrl: false,
} as const satisfies Omit<Profile, 'id' | 'name'>

/** User agent as seen in https://github.com/matomo-org/device-detector/issues/8091, of a newer WeChat. */
const HARMONY = {
  ...ANDROID,
  platform: 'ohos',
  system: 'OpenHarmony 5.1',
  brand: 'HUAWEI',
  model: 'BRA-AL00',
  wechatVersion: '8.0.13',
  userAgent:
    'Mozilla/5.0 (Phone; OpenHarmony 5.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36  ArkWeb/4.1.6.1 Mobile MicroMessenger/8.0.13.40(0xf3100d28) Weixin NetType/WIFI Language/{language} MMWEBID/2777 MMWEBSDK/202507060011 XWEB/1140307',
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
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13) UnifiedPCWindowsWechat(0xf2541022) XWEB/16467 Flue',
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
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 ChannelId(9) Ariver/1.1.0 AliApp(AP/10.7.60.8200) Nebula WK RVKType(1) AlipayDefined(nt:WIFI,ws:393|788|3.0) AlipayClient/10.7.60.8200 Language/zh-Hans Region/CN NebulaX/1.0.0',
  bridgeDelayMs: 40,
} as const satisfies Omit<Profile, 'id' | 'name'>

const SAFARI = {
  ...IOS,
  client: 'browser',
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  coverEvents: ['visibilitychange', 'focus'],
} as const satisfies Omit<Profile, 'id' | 'name'>

const CHROME = {
  ...ANDROID,
  client: 'browser',
  // Chrome tells every site the same reduced system and model: https://www.chromium.org/updates/ua-reduction/
  userAgent:
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36',
} as const satisfies Omit<Profile, 'id' | 'name'>

const COMPUTER = {
  ...WINDOWS_WECHAT,
  client: 'browser',
  wechatVersion: '',
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36',
} as const satisfies Omit<Profile, 'id' | 'name'>

/** The devices on offer. What pages hear of being covered differs between models and versions; no document promises it. */
export const profiles: readonly Profile[] = [
  { id: 'ios', name: 'iPhone', ...IOS },
  { id: 'android', name: '安卓', ...ANDROID },
  { id: 'harmony', name: '鸿蒙', ...HARMONY },
  { id: 'silent', name: '安静的安卓', ...ANDROID, coverEvents: [], cashierHides: false },
  { id: 'wechat-pc', name: '电脑微信', ...WINDOWS_WECHAT },
  { id: 'alipay', name: '支付宝', ...ALIPAY },
  { id: 'safari', name: 'Safari', ...SAFARI },
  { id: 'chrome', name: '安卓 Chrome', ...CHROME },
  { id: 'pc', name: '电脑 Chrome', ...COMPUTER },
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
