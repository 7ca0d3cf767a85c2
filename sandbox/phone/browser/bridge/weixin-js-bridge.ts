import { type NativeCallback, type NativeCalls, appearAfter } from './native-call.ts'
import type { PageDescription } from './protocol.ts'

/** The object WeChat puts into every page: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html */
interface WeixinJSBridge {
  invoke(name: string, args?: Record<string, unknown> | NativeCallback, callback?: NativeCallback): void
  call(name: string, args?: Record<string, unknown>): void
  on(name: string, handler: unknown): void
  log(text: string): void
}

declare global {
  interface Window {
    WeixinJSBridge?: WeixinJSBridge
    __wxjs_environment?: string
  }
}

/** Gives the page its WeixinJSBridge: at once, or as late as this device does. */
export function installWeixinJSBridge(
  { environment, bridgeDelayMs }: PageDescription,
  native: NativeCalls,
): void {
  const bridge: WeixinJSBridge = {
    invoke: native.call,
    call: (name, args) => native.call(name, args),
    // Share buttons and the like: this phone's menu asks the page nothing.
    on: () => {},
    log: (text) => console.info(text),
  }
  const appear = (): void => {
    if (environment === 'miniprogram') window.__wxjs_environment = 'miniprogram'
    window.WeixinJSBridge = bridge
  }
  appearAfter(bridgeDelayMs, appear, 'WeixinJSBridgeReady')
}
