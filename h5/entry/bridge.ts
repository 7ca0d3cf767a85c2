import type {} from 'weixin-js-sdk'
import { answerWithin } from './answer-within.ts'

/** The part of WeChat's bridge that we call ourselves; the rest goes through weixin-js-sdk, which also types the globals. */
export interface Bridge {
  invoke(name: string, request: object, answer: (reply: { err_msg?: string }) => void): void
}

/** Waits for WeChat's bridge, which may come after the page; null when it did not come in time. */
export function bridgeReady(): Promise<Bridge | null> {
  const bridge = () => (window.WeixinJSBridge as Bridge | undefined) ?? null
  if (bridge()) return Promise.resolve(bridge())
  return answerWithin<Bridge | null>(
    (answer) => document.addEventListener('WeixinJSBridgeReady', () => answer(bridge()), { once: true }),
    bridge,
  )
}
