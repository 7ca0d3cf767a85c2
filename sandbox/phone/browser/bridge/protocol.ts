/** What the proxy tells the bridge before the page's first script: see describe() in proxy/proxy.ts. */
export interface PageDescription {
  shellOrigin: string
  homeOrigin: string | null
  userAgent: string
  language: 'zh-CN' | 'en'
  theme: 'light' | 'dark'
  /** 1: standard size */
  textScale: number
  /** The program around the page; in WeChat, whether it is a mini-program's web-view. */
  environment: 'miniprogram' | 'wechat' | 'wecom' | 'alipay' | 'host' | 'browser'
  bridgeDelayMs: number
  coverEvents: ('visibilitychange' | 'pageshow' | 'focus')[]
}

/** What a native function answers; the page's SDK changes the object, so each answer is a fresh one. */
export type BridgeAnswer = Record<string, unknown>

/** From the page in the web-view to the phone around it. */
export type FromPage =
  /** A native function; `landing` is the address this document was opened at. */
  | { phone: 'invoke'; id: number; name: string; args: Record<string, unknown>; landing: string }
  /** A document begins: what the one before it was allowed is over. */
  | { phone: 'document' }
  /** WeixinJSBridge.on: the page wants to hear of it. */
  | { phone: 'listen'; name: string }
  | { phone: 'history'; entries: string[]; index: number }
  | { phone: 'title'; title: string }
  /** The page goes to an address of another program on the device: weixin://…, alipays://… */
  | { phone: 'scheme'; url: string }
  /** What a look has found, as data: addresses. */
  | { phone: 'pictures'; pictures: string[] }
  /** Sent by the proxy's own page when the upstream does not answer. */
  | { phone: 'failed' }
  | LocalStorageChange

/** From the phone to the page. */
export type ToPage =
  | { phone: 'answer'; id: number; answer: BridgeAnswer }
  | { phone: 'cover'; covered: boolean }
  /** What the page has listened for, e.g. menu:share:appmessage. */
  | { phone: 'event'; name: string; argument: Record<string, string> }
  /** A camera looks at the screen. */
  | { phone: 'look' }
  | { phone: 'back' }
  | { phone: 'reload' }
  | LocalStorageChange

/** The web-views of one phone share a local storage: each tells the phone, and the phone tells the others. */
export interface LocalStorageChange {
  phone: 'local'
  key: string
  /** null: removed */
  value: string | null
}
