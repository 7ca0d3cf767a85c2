import type {} from 'weixin-js-sdk'

/**
 * What is around this page. A hint for what to show and where to sign in, never a right: the server decides by session.
 * - mini-program: the web-view of a mini-program
 * - wechat: WeChat's own browser (official-account pages, shared links)
 * - elsewhere: anything else, WeCom's browser included
 */
export type Environment = 'mini-program' | 'wechat' | 'elsewhere'

/**
 * Inside a mini-program Android says miniProgram in its user agent; iOS does not, and is known only by
 * `__wxjs_environment`, which is certain once the bridge is ready
 * (https://developers.weixin.qq.com/miniprogram/dev/component/web-view.html). WeCom says MicroMessenger as well as wxwork.
 */
export function readEnvironment(userAgent: string, wxjsEnvironment?: string): Environment {
  if (wxjsEnvironment === 'miniprogram' || /miniProgram/i.test(userAgent)) return 'mini-program'
  if (/wxwork/i.test(userAgent)) return 'elsewhere'
  return /MicroMessenger/i.test(userAgent) ? 'wechat' : 'elsewhere'
}

/** readEnvironment of this very page, now. */
export function currentEnvironment(): Environment {
  return readEnvironment(navigator.userAgent, window.__wxjs_environment)
}
