import type { Channel } from './channel.ts'
import type { BridgeAnswer } from './protocol.ts'

export type NativeCallback = (answer: BridgeAnswer) => void

/** Calls from the page into the program around it, and the answers back. */
export interface NativeCalls {
  call(name: string, args?: Record<string, unknown> | NativeCallback, callback?: NativeCallback): void
  /** Hands the native side's answer to whoever called. */
  answer(id: number, answer: BridgeAnswer): void
}

/** Numbers the calls of one page. */
export function createNativeCalls(channel: Channel): NativeCalls {
  const waiting = new Map<number, NativeCallback>()
  // iOS judges wx.config by the address this document was opened at, wherever the page has gone since: js-sdk.ts.
  const landing = location.href
  let lastId = 0
  return {
    call(name, args, callback) {
      const answered = typeof args === 'function' ? args : callback
      lastId += 1
      if (answered !== undefined) waiting.set(lastId, answered)
      // Through JSON, as on a device: functions and undefined do not cross into native code.
      const plain =
        typeof args === 'object' ? (JSON.parse(JSON.stringify(args)) as Record<string, unknown>) : {}
      channel.send({ phone: 'invoke', id: lastId, name, args: plain, landing })
    },
    answer(id, answer) {
      const callback = waiting.get(id)
      waiting.delete(id)
      callback?.(answer)
    },
  }
}

/**
 * Lets a bridge appear as late as this device does, and says so by the client's own event. A late one comes so long after
 * the page's own scripts, however long those took to load: no page may count on it while it is being read.
 */
export function appearAfter(delayMs: number, appear: () => void, readyEvent: string): void {
  const announce = (): void => void document.dispatchEvent(new Event(readyEvent, { bubbles: true }))
  if (delayMs === 0) appear()
  const ready = (): void => {
    if (delayMs === 0) return announce()
    setTimeout(() => {
      appear()
      announce()
    }, delayMs)
  }
  document.addEventListener('DOMContentLoaded', ready, { once: true })
}
