import type {} from 'weixin-js-sdk'

/**
 * What is around this page. A hint for what to show, where to sign in and how to pay, never a right: the server decides by
 * session, and the customer may choose another way.
 * - mini-program: the web-view of a mini-program of WeChat's
 * - wechat: WeChat's own browser on a phone (official-account pages, shared links)
 * - wechat-pc: the same on a PC, where no cashier opens
 * - wecom, wecom-pc: WeCom's browser; its customers have no openid of ours, and H5 pay refuses it
 * - alipay: Alipay's browser and its mini-programs
 * - other-mini-program: the web-view of a mini-program of Douyin, Baidu, QQ, Kuaishou …, which opens no other app
 * - phone, pc: any other browser
 */
export type Environment =
  | 'mini-program'
  | 'wechat'
  | 'wechat-pc'
  | 'wecom'
  | 'wecom-pc'
  | 'alipay'
  | 'other-mini-program'
  | 'phone'
  | 'pc'

/** Mini-programs of other hosts, by the marks they have of their own. */
const otherHost = /ToutiaoMicroApp|\bswan[/-]|QQ\/MiniApp|jdmp|xhsminiapp/i

/**
 * Every other client calls itself something else too, so the order counts: Alipay's mini-programs say MiniProgram as WeChat's
 * say miniProgram, AlipayHK says AlipayClient and pays elsewhere, WeCom says MicroMessenger as well as wxwork. Inside a
 * mini-program WeChat on Android says miniProgram; on iOS it does not, and is known only by `__wxjs_environment`, which is
 * certain once the bridge is ready (https://developers.weixin.qq.com/miniprogram/dev/component/web-view.html).
 */
export function readEnvironment(userAgent: string, wxjsEnvironment?: string): Environment {
  const says = (mark: RegExp) => mark.test(userAgent)
  const isPhone =
    says(/Mobile|Android|iP(hone|ad)|Harmony/i) && !says(/\((PC|2in1);|(Windows|Mac|Linux)Wechat/i)
  if (says(/AlipayClient/) && !says(/AlipayClientHK/)) return 'alipay'
  const isMiniProgram = wxjsEnvironment === 'miniprogram' || says(/miniProgram/i)
  // Mini-programs of Kuaishou's name MicroMessenger as well.
  const isWechat = says(/MicroMessenger/i) && !says(/ksNebula|Kwai/i)
  if (says(otherHost) || (isMiniProgram && !isWechat)) return 'other-mini-program'
  if (isMiniProgram) return 'mini-program'
  if (says(/wxwork/i)) return isPhone ? 'wecom' : 'wecom-pc'
  if (isWechat) return isPhone ? 'wechat' : 'wechat-pc'
  return isPhone ? 'phone' : 'pc'
}

/** readEnvironment of this very page, now. */
export function currentEnvironment(): Environment {
  return readEnvironment(navigator.userAgent, window.__wxjs_environment)
}
