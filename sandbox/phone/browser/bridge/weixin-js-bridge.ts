import { type NativeCallback, type NativeCalls, appearAfter } from './native-call.ts'
import type { Channel } from './channel.ts'
import type { PageDescription } from './protocol.ts'

/** The object WeChat puts into every page: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html */
interface WeixinJSBridge {
  invoke(name: string, args?: Record<string, unknown> | NativeCallback, callback?: NativeCallback): void
  call(name: string, args?: Record<string, unknown>): void
  on(name: string, handler: (argument: Record<string, string>) => void): void
  log(text: string): void
}

declare global {
  interface Window {
    WeixinJSBridge?: WeixinJSBridge
    __wxjs_environment?: string
  }
}

/**
 * Gives the page its WeixinJSBridge: at once, or as late as this device does.
 * @returns fires what the page has listened for
 */
export function installWeixinJSBridge(
  { environment, bridgeDelayMs }: PageDescription,
  native: NativeCalls,
  channel: Channel,
): (name: string, argument: Record<string, string>) => void {
  const handlers = new Map<string, (argument: Record<string, string>) => void>()
  const bridge: WeixinJSBridge = {
    invoke: native.call,
    call: (name, args) => native.call(name, args),
    // As in WeChat, the last one counts. Whether it will ever be called is said on the phone's console.
    on(name, handler) {
      handlers.set(name, handler)
      channel.send({ phone: 'listen', name })
    },
    log: (text) => console.info(text),
  }
  const appear = (): void => {
    if (environment === 'miniprogram') window.__wxjs_environment = 'miniprogram'
    window.WeixinJSBridge = bridge
  }
  appearAfter(bridgeDelayMs, appear, 'WeixinJSBridgeReady')
  return (name, argument) => handlers.get(name)?.(argument)
}
