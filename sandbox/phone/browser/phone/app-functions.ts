import type { BridgeAnswer } from '../bridge/protocol.ts'

/** What a page may do to the app around it. */
export interface AppWindow {
  setTitle(title: string): void
  goBack(): void
}

/** Functions that an app offers to the pages it shows. */
export type AppFunctions = (called: string, args: Record<string, unknown>, window: AppWindow) => BridgeAnswer

/** Functions of AlipayJSBridge that change nothing a page could see here. */
const ALIPAY_SILENT: readonly string[] = [
  'hideOptionMenu',
  'showOptionMenu',
  'showTitlebar',
  'hideTitlebar',
  'setOptionMenu',
  'toast',
]

/** The few functions of Alipay that a shop's page calls: https://opendocs.alipay.com/common/105591 */
export const alipayFunctions: AppFunctions = (called, args, { setTitle, goBack }) => {
  if (called === 'setTitle') setTitle(String(args.title ?? ''))
  else if (called === 'popWindow' || called === 'closeWebview') goBack()
  else if (called === 'getNetworkType') return { networkType: 'WIFI', networkAvailable: true }
  else if (!ALIPAY_SILENT.includes(called)) {
    console.error(`[phone] AlipayJSBridge.call('${called}') is not part of this phone.`)
    return { error: 1, errorMessage: '接口不存在' }
  }
  return {}
}

/**
 * WeCom has WeChat's bridge. A shop's page pays nobody through it: the openid of an official account is not known there, so
 * there is no prepay that its cashier would take.
 */
export const weComFunctions: AppFunctions = (called, _args, { goBack }) => {
  if (called === 'closeWindow') goBack()
  if (called === 'getNetworkType') return { err_msg: 'network_type:wifi' }
  if (called === 'getBrandWCPayRequest')
    return { err_msg: 'get_brand_wcpay_request:fail', err_desc: '企业微信里不能打开收银台' }
  if (/^(?:hide|show)|^closeWindow$/.test(called)) return { err_msg: `${called}:ok` }
  console.error(`[phone] WeixinJSBridge.invoke('${called}') is not part of WeCom on this phone.`)
  return { err_msg: 'system:function_not_exist' }
}

/** An app without a bridge that our pages know. */
export const noFunctions: AppFunctions = () => ({})
