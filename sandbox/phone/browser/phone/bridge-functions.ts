import type { BridgeAnswer } from '../bridge/protocol.ts'
import type { JsSdk } from './js-sdk.ts'

export type BridgeFunctions = Record<
  string,
  (args: Record<string, unknown>) => Promise<BridgeAnswer> | BridgeAnswer
>

/** One invoke of a page. */
export interface PageCall {
  name: string
  args: Record<string, unknown>
  /** The address that its document was opened at, in the real world. */
  landing: string
}

/** Functions of WeixinJSBridge that change nothing a page could see here. */
const SILENT = [
  'hideOptionMenu',
  'showOptionMenu',
  'hideToolbar',
  'showToolbar',
  'hideMenuItems',
  'showMenuItems',
  'hideAllNonBaseMenuItem',
  'showAllNonBaseMenuItem',
  'setPageState',
  'reportActionInfo',
  'setFontSizeCallback',
]

/**
 * Answers a page's invoke: from the functions of this kind of window, else from those every page has.
 * @returns what WeChat would answer; `system:function_not_exist` for the unknown, with a line on the console
 */
export async function answerInvoke(
  functions: BridgeFunctions,
  sdk: JsSdk,
  { name, args, landing }: PageCall,
): Promise<BridgeAnswer> {
  if (name === 'preVerifyJSAPI') return sdk.config(args, landing)
  const refusal = sdk.refuse(name, args)
  if (refusal !== null) return refusal
  if (name === 'checkJsApi') return checkJsApi(functions, args)
  const run = functions[name] ?? everywhere[name]
  if (run !== undefined) return run(args)
  if (SILENT.includes(name)) return { err_msg: `${name}:ok` }
  console.error(`[phone] WeixinJSBridge.invoke('${name}') is not part of this phone.`)
  return { err_msg: 'system:function_not_exist' }
}

const everywhere: BridgeFunctions = {
  getNetworkType: () => ({ err_msg: 'network_type:wifi' }),
}

/** Which of the functions this phone has: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html#5 */
function checkJsApi(functions: BridgeFunctions, { jsApiList }: Record<string, unknown>): BridgeAnswer {
  const names = Array.isArray(jsApiList) ? jsApiList.map(String) : []
  const isThere = (name: string): boolean =>
    name === 'checkJsApi' || name in functions || name in everywhere || SILENT.includes(name)
  const checkResult = Object.fromEntries(names.map((name) => [name, isThere(name)]))
  return { err_msg: 'checkJsApi:ok', checkResult: JSON.stringify(checkResult) }
}
