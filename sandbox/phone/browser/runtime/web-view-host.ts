import type { BridgeAnswer } from '../bridge/protocol.ts'
import type { Device } from '../device.ts'
import { answerInvoke } from '../phone/bridge-functions.ts'
import { createJsSdk } from '../phone/js-sdk.ts'
import { type WebView, createWebView } from '../phone/web-view.ts'

/** What a page in the web-view may call of the mini-program: wx.miniProgram.* of the SDK. */
const CALLABLE = ['navigateTo', 'navigateBack', 'redirectTo', 'reLaunch', 'switchTab'] as const
export type MiniProgramCall = (
  name: (typeof CALLABLE)[number],
  options: Record<string, unknown>,
) => Promise<unknown>

/** The web-views of one running mini-program. */
export interface WebViewHost {
  /** @param tell fires the events of the <web-view> component: load, error, message */
  create(tell: (name: string, detail: unknown) => void): WebView
  destroy(view: WebView): void
  /** The web-view inside a page's element. */
  within(page: HTMLElement): WebView | undefined
  /** Hands the messages of wx.miniProgram.postMessage over: on share, and before the web-view goes. */
  deliverMessages(view: WebView): void
}

/**
 * @param call carries out a navigation of the page in the web-view
 * @param changed a title or a history changed
 */
export function createWebViewHost(device: Device, call: MiniProgramCall, changed: () => void): WebViewHost {
  const messages = new Map<WebView, unknown[]>()
  const tellers = new Map<WebView, (name: string, detail: unknown) => void>()
  const deliverMessages = (view: WebView): void => {
    const waiting = messages.get(view) ?? []
    if (waiting.length > 0) tellers.get(view)?.('message', { data: waiting })
    messages.set(view, [])
  }
  return {
    create(tell) {
      const view = createWebView(device, {
        document: () => sdk.forget(),
        // Here the mini-program is shared, by its own onShareAppMessage.
        listen: (name) => console.error(`[phone] WeixinJSBridge.on('${name}') never fires in a web-view.`),
        invoke: (name, args, landing) =>
          answerInvoke(
            {
              invokeMiniProgramAPI: (given) =>
                invokeMiniProgram(call, given, (posted) => messages.get(view)?.push(posted)),
              // A web-view may not pay: https://pay.weixin.qq.com/doc/v3/merchant/4012791857
              getBrandWCPayRequest: () => ({ err_msg: 'system:access_denied' }),
            },
            sdk,
            { name, args, landing },
          ),
        load: (src) => tell('load', { src }),
        fail: (url) => tell('error', { url, fullUrl: url }),
        change: changed,
      })
      const sdk = createJsSdk(device, view.url)
      messages.set(view, [])
      tellers.set(view, tell)
      return view
    },
    destroy(view) {
      deliverMessages(view)
      messages.delete(view)
      tellers.delete(view)
      view.close()
    },
    within: (page) => [...messages.keys()].find((view) => page.contains(view.element)),
    deliverMessages,
  }
}

async function invokeMiniProgram(
  call: MiniProgramCall,
  { name, arg }: Record<string, unknown>,
  post: (message: unknown) => void,
): Promise<BridgeAnswer> {
  if (name === 'postMessage') {
    post(arg)
    return { err_msg: 'invokeMiniProgramAPI:ok' }
  }
  const callable = CALLABLE.find((one) => one === name)
  if (callable === undefined) return { err_msg: `invokeMiniProgramAPI:fail unknown api ${String(name)}` }
  try {
    // Without callbacks wx answers with a promise, which answers the page.
    const { success: _s, fail: _f, complete: _c, ...options } = (arg ?? {}) as Record<string, unknown>
    await call(callable, options)
    return { err_msg: 'invokeMiniProgramAPI:ok' }
  } catch (error) {
    return { err_msg: `invokeMiniProgramAPI:fail ${(error as { errMsg?: string }).errMsg ?? ''}` }
  }
}
