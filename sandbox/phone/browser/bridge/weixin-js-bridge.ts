import type { Channel } from './channel.ts'
import type { BridgeAnswer, PageDescription } from './protocol.ts'

type Callback = (answer: BridgeAnswer) => void

/** The object WeChat puts into every page: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html */
interface WeixinJSBridge {
  invoke(name: string, args?: Record<string, unknown> | Callback, callback?: Callback): void
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

/**
 * Gives the page its WeixinJSBridge: at once, or as late as this device does.
 * @returns hands the native side's answer to whoever invoked
 */
export function installWeixinJSBridge(
  description: PageDescription,
  channel: Channel,
): (id: number, answer: BridgeAnswer) => void {
  const waiting = new Map<number, Callback>()
  let lastId = 0
  const bridge: WeixinJSBridge = {
    invoke(name, args, callback) {
      const answered = typeof args === 'function' ? args : callback
      lastId += 1
      if (answered !== undefined) waiting.set(lastId, answered)
      // Through JSON, as on a device: functions and undefined do not cross into native code.
      const plain =
        typeof args === 'object' ? (JSON.parse(JSON.stringify(args)) as Record<string, unknown>) : {}
      channel.send({ phone: 'invoke', id: lastId, name, args: plain })
    },
    call: (name, args) => bridge.invoke(name, args),
    // Share buttons and the like: this phone's menu asks the page nothing.
    on: () => {},
    log: (text) => console.info(text),
  }
  const appear = (): void => {
    if (description.environment === 'miniprogram') window.__wxjs_environment = 'miniprogram'
    window.WeixinJSBridge = bridge
  }
  const announce = (): void =>
    void document.dispatchEvent(new Event('WeixinJSBridgeReady', { bubbles: true }))
  if (description.bridgeDelayMs > 0) {
    setTimeout(() => {
      appear()
      announce()
    }, description.bridgeDelayMs)
  } else {
    appear()
    document.addEventListener('DOMContentLoaded', announce, { once: true })
  }
  return (id, answer) => {
    const callback = waiting.get(id)
    waiting.delete(id)
    callback?.(answer)
  }
}
