import { onBeforeUnmount, watch } from 'vue'
import type { Order } from '../../contract/order.ts'
import { nextLookMs } from '../order-clock.ts'

/** The timers of the browser, or of a test. */
export interface Timers {
  set(task: () => void, delayMs: number): number
  clear(timer: number): void
}

const browserTimers: Timers = {
  set: (task, delayMs) => window.setTimeout(task, delayMs),
  clear: (timer) => window.clearTimeout(timer),
}

/** An answer that did not come, or that changed nothing, is asked for again after this. */
const againMs = 15_000

/**
 * Loads orders anew when they may have changed by themselves: at the end of paying, at the closing behind it, and while
 * something is under way. A page that is not seen asks nothing; useLoad asks when it is seen again.
 */
export function useOrderUpdates(
  orders: () => Order[],
  reload: () => Promise<unknown>,
  timers: Timers = browserTimers,
): void {
  let timer = 0

  function plan(mostMs = Infinity): void {
    timers.clear(timer)
    const waits = orders()
      .map(nextLookMs)
      .filter((ms) => ms !== null)
    if (waits.length > 0) timer = timers.set(() => void look(), Math.min(mostMs, ...waits))
  }

  async function look(): Promise<void> {
    if (document.visibilityState === 'visible') await reload()
    plan(againMs)
  }

  watch(orders, () => plan(), { immediate: true })
  onBeforeUnmount(() => timers.clear(timer))
}
