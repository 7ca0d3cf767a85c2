/** Which mini-program the person came from, and what it gave along; empty for all other ways. */
export interface Referrer {
  appId?: string
  extraData?: unknown
}

/** What a mini-program was opened with. */
export interface LaunchOptions {
  path: string
  query: Record<string, string>
  /** https://developers.weixin.qq.com/miniprogram/dev/reference/scene-list.html */
  scene: number
  referrerInfo?: Referrer
}

/** What App.onLaunch, App.onShow and wx.onAppShow are told. */
export function told(options: LaunchOptions) {
  return { ...options, referrerInfo: options.referrerInfo ?? {} }
}
