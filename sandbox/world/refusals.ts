/** Why the cashier does not open. */
export interface Refusal {
  /** The detail that follows `requestPayment:fail ` or `get_brand_wcpay_request:fail `. */
  errMsg: string
  /** The sentence that the person reads. */
  message: string
  /** For the developer: what WeChat keeps to itself. */
  reason: string
}

/** WeChat shows the person and the client the same sentence. */
const refusal = (sentence: string, reason: string): Refusal => ({
  errMsg: sentence,
  message: sentence,
  reason,
})

/** WeChat's catch-all for a prepay_id that is unknown, too old, or of another appid. */
const NO_TOTAL_FEE = '调用支付JSAPI缺少参数：total_fee'

/**
 * The cashier's refusals, in WeChat's sentences: https://pay.weixin.qq.com/doc/v3/merchant/4012791869,
 * https://github.com/wechatpay-apiv3/wechatpay-skills and, for total_fee,
 * https://developers.weixin.qq.com/community/pay (payment FAQ: check that the prepay_id is alive and the appid the order's).
 */
export const REFUSALS = {
  missingParameter: (name: string): Refusal =>
    refusal(`调用支付JSAPI缺少参数：${name}`, `${name} is missing or empty`),
  badSignType: refusal('支付验证签名失败', 'signType must be RSA for an order made by APIv3'),
  badTimeStamp: refusal('支付验证签名失败', 'timeStamp must be ten digits: Unix time in seconds'),
  badNonce: refusal('支付验证签名失败', 'nonceStr is longer than 32 characters'),
  badSignature: refusal(
    '支付验证签名失败',
    "paySign does not verify with the merchant's key over appId, timeStamp, nonceStr and package",
  ),
  badPackage: refusal(NO_TOTAL_FEE, 'package must read prepay_id=… with the prepay_id of the order'),
  unknownPrepay: refusal(NO_TOTAL_FEE, 'nobody ever got this prepay_id'),
  expiredPrepay: refusal(
    NO_TOTAL_FEE,
    'the prepay_id is older than two hours: order again with the same parameters',
  ),
  wrongApp: refusal(NO_TOTAL_FEE, 'the app that launches is not the one the order was made with'),
  wrongKindOfApp: refusal(
    '支付场景非法',
    'a web page in WeChat pays with the appid of an official account, a mini-program with its own',
  ),
  unregisteredPage: (page: string): Refusal =>
    refusal(
      `当前页面的URL未注册：${page.replace(/[?#].*$/s, '')}`,
      'the page is on another host than the one the sandbox was started with (--h5)',
    ),
  unknownLink: refusal('无法识别此链接', 'neither a code_url nor a link of the H5-pay page'),
  expiredLink: refusal(
    '支付请求已失效，请重新发起支付',
    'nobody ever got this link, or it is older than two hours: order again with the same parameters',
  ),
  replacedCode: refusal(
    '支付请求已失效，请重新发起支付',
    'the order was placed again since, and only its newest code_url can be scanned: show that one',
  ),
  wrongScene: refusal('支付场景非法', 'this prepay_id is for another way of paying'),
  anotherPayer: refusal('下单账号与支付账号不一致', "this person's openid is not the one the order names"),
  secondPerson: refusal('商家订单信息有误', 'somebody else opened this order first'),
  secondPersonOfLink: refusal(
    '系统繁忙',
    'somebody else opened this h5_url first (on iOS WeChat says 签名验证失败): order for each person',
  ),
  unknownMixTrade: refusal('医保订单不存在', 'nobody ever got this mixTradeNo'),
  wrongCashPart: refusal(
    '医保订单与自费订单不匹配',
    'package names another prepay_id than the medical insurance order was made with',
  ),
  alreadyPaid: refusal('该订单已支付', 'the order is paid'),
  closed: refusal('该订单已失效', 'the order is closed'),
  expiredOrder: refusal('该订单已失效', 'time_expire has passed'),
  unknownPerson: refusal('沙箱里没有这位用户', 'there is no such user: see GET /_sandbox/users'),
} satisfies Record<string, Refusal | ((name: string) => Refusal)>
