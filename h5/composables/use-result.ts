import { onBeforeUnmount, onMounted, shallowRef, watch } from 'vue'
import { getResult } from '../api/orders.ts'
import { checkPayment } from '../api/payments.ts'
import { watchResult } from '../payment/result-watch.ts'
import type { ResultSight } from '../payment/result-watch.ts'
import { usePayment } from './use-payment.ts'

/** Watches the result of one order for as long as its page is shown, and keeps usePayment's status true to it. */
export function useResult(orderId: string) {
  const sight = shallowRef<ResultSight>({ result: null, trouble: null, isLong: false })
  const { status, trouble, pay, comeBack, show } = usePayment(() => orderId)

  const results = watchResult({
    getResult: () => getResult(orderId),
    askNow: (paymentId) => checkPayment(paymentId),
    now: () => performance.now(),
    setTimer: (task, delayMs) => window.setTimeout(task, delayMs),
    clearTimer: (timer) => window.clearTimeout(timer),
    show(next) {
      sight.value = next
      if (next.result && !next.trouble) show(next.result)
    },
  })

  // Focus alone also comes with a tap on this very page, so it looks again but does not change what is shown.
  const look = () => results.look()
  const lookAnew = () => {
    if (document.visibilityState !== 'visible') return
    if (sight.value.result?.result !== 'closed') comeBack()
    results.look()
  }

  onMounted(() => {
    // A network that comes back is used at once, not at the end of the pause after a failure.
    window.addEventListener('online', look)
    document.addEventListener('visibilitychange', lookAnew)
    window.addEventListener('pageshow', lookAnew)
    window.addEventListener('focus', look)
    results.look()
  })
  onBeforeUnmount(() => {
    window.removeEventListener('online', look)
    document.removeEventListener('visibilitychange', lookAnew)
    window.removeEventListener('pageshow', lookAnew)
    window.removeEventListener('focus', look)
    results.stop()
  })
  watch(status, (now, before) => {
    // A cashier has ended: what was known before is looked for anew.
    const hasEnded = now === 'checking' && (before === 'waiting' || before === 'failed')
    if (now === 'waiting' || hasEnded) results.restart()
  })

  return { sight, status, trouble, pay, comeBack, refresh: look }
}
