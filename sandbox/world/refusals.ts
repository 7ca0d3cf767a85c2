/** Why the cashier does not open. */
export interface Refusal {
  /** The detail that follows `requestPayment:fail ` or `get_brand_wcpay_request:fail `. */
  errMsg: string
  /** The sentence that the person reads. */
  message: string
}

/**
 * The cashier's refusals. Sentences marked (WeChat) are WeChat's, read in the payment FAQ
 * https://pay.weixin.qq.com/doc/v3/merchant/4012791869 and in
 * https://github.com/wechatpay-apiv3/wechatpay-skills; the others are ours, because no document prints them.
 */
export const REFUSALS = {
  /** (WeChat) The five parameters are not what the merchant signed, or not signed by the key of the order's merchant. */
  badSignature: { errMsg: '支付验证签名失败', message: '支付验证签名失败' },
  /** (WeChat) JSAPI names the parameter that is missing. */
  missingParameter: (name: string): Refusal => ({
    errMsg: `调用支付JSAPI缺少参数：${name}`,
    message: `调用支付JSAPI缺少参数：${name}`,
  }),
  /** (WeChat) A prepay_id that an order of another kind got. */
  wrongScene: { errMsg: '支付场景非法', message: '支付场景非法' },
  /** (WeChat) The prepay names another openid than the person holding the phone. */
  anotherPayer: { errMsg: '下单账号与支付账号不一致', message: '下单账号与支付账号不一致' },
  /** (WeChat) Somebody else opened this order first. */
  secondPerson: { errMsg: '商家订单信息有误', message: '商家订单信息有误，请重新下单支付' },
  /** (WeChat) */
  alreadyPaid: { errMsg: '该订单已支付', message: '该订单已支付' },
  /** (WeChat) */
  closed: { errMsg: '该订单已失效', message: '该订单已失效' },
  expiredOrder: { errMsg: '订单已过期', message: '该订单已过期，请重新下单' },
  expiredPrepay: { errMsg: 'prepay_id已过期', message: '支付已过期，请重新发起支付' },
  unknownPrepay: { errMsg: 'prepay_id不存在', message: '商家订单信息有误，请重新下单支付' },
  wrongApp: { errMsg: 'appid与下单时的appid不一致', message: '商家参数有误：下单与调起支付的appid不一致' },
  unknownPerson: { errMsg: 'nobody by that id uses this WeChat', message: '沙箱里没有这位用户' },
} satisfies Record<string, Refusal | ((name: string) => Refusal)>
