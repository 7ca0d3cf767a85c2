import type {} from 'weixin-js-sdk'

/**
 * What is around this page. A hint for what to show, where to sign in and how to pay, never a right: the server decides by
 * session, and the customer may choose another way.
 * - mini-program: the web-view of a mini-program
 * - wechat: WeChat's own browser on a phone (official-account pages, shared links)
 * - wechat-pc: the same on a PC, where no cashier opens
 * - alipay: Alipay's browser
 * - phone, pc: any other browser, WeCom's included
 */
export type Environment = 'mini-program' | 'wechat' | 'wechat-pc' | 'alipay' | 'phone' | 'pc'

/**
 * Inside a mini-program Android says miniProgram in its user agent; iOS does not, and is known only by
 * `__wxjs_environment`, which is certain once the bridge is ready
 * (https://developers.weixin.qq.com/miniprogram/dev/component/web-view.html). WeCom says MicroMessenger as well as wxwork.
 * AlipayHK says AlipayClientHK and pays elsewhere.
 */
export function readEnvironment(userAgent: string, wxjsEnvironment?: string): Environment {
  if (wxjsEnvironment === 'miniprogram' || /miniProgram/i.test(userAgent)) return 'mini-program'
  if (/MicroMessenger/i.test(userAgent) && !/wxwork/i.test(userAgent))
    return /(Windows|Mac|Linux)Wechat/i.test(userAgent) ? 'wechat-pc' : 'wechat'
  if (/AlipayClient(?!HK)/.test(userAgent)) return 'alipay'
  return /Mobile|Android|iPhone|iPad|HarmonyOS/i.test(userAgent) ? 'phone' : 'pc'
}

/** readEnvironment of this very page, now. */
export function currentEnvironment(): Environment {
  return readEnvironment(navigator.userAgent, window.__wxjs_environment)
}
