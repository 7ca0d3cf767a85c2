import type { BridgeAnswer } from '../bridge/protocol.ts'

export type BridgeFunctions = Record<
  string,
  (args: Record<string, unknown>) => Promise<BridgeAnswer> | BridgeAnswer
>

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
  name: string,
  args: Record<string, unknown>,
): Promise<BridgeAnswer> {
  const run = functions[name] ?? everywhere[name]
  if (run !== undefined) return run(args)
  if (SILENT.includes(name)) return { err_msg: `${name}:ok` }
  console.error(`[phone] WeixinJSBridge.invoke('${name}') is not part of this phone.`)
  return { err_msg: 'system:function_not_exist' }
}

const everywhere: BridgeFunctions = {
  // wx.config: the signature is not judged here, see docs/fidelity.md.
  preVerifyJSAPI: () => ({ err_msg: 'preVerifyJSAPI:ok' }),
  getNetworkType: () => ({ err_msg: 'network_type:wifi' }),
  checkJsApi: ({ jsApiList }) => {
    const known = Array.isArray(jsApiList) ? jsApiList.map((name) => [String(name), true] as const) : []
    return { err_msg: 'checkJsApi:ok', checkResult: JSON.stringify(Object.fromEntries(known)) }
  },
}
