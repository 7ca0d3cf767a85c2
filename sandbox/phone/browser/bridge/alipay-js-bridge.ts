import { type NativeCallback, type NativeCalls, appearAfter } from './native-call.ts'
import type { PageDescription } from './protocol.ts'

/** The object Alipay's client puts into every page: https://opendocs.alipay.com/common/105591 */
interface AlipayJSBridge {
  call(name: string, args?: Record<string, unknown> | NativeCallback, callback?: NativeCallback): void
}

declare global {
  interface Window {
    AlipayJSBridge?: AlipayJSBridge
  }
}

/** Gives the page its AlipayJSBridge, as late as this device does. */
export function installAlipayJSBridge({ bridgeDelayMs }: PageDescription, native: NativeCalls): void {
  appearAfter(bridgeDelayMs, () => (window.AlipayJSBridge = { call: native.call }), 'AlipayJSBridgeReady')
}
