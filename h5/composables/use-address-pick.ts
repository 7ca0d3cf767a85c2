import { onBeforeUnmount, onMounted, ref } from 'vue'
import type { ShippingAddress } from '../../contract/shipping.ts'
import { getAddressPick } from '../api/addresses.ts'
import { failureOf } from '../api/failure.ts'
import { isHeldByMiniProgram, weixinSdk } from '../entry/native.ts'
import { loadPart } from '../load-part.ts'

/** How often the server is asked for the choice; events of coming back only shorten it. */
const askEveryMs = 2_000
/** As long as the server keeps it. */
const patienceMs = 10 * 60_000

/**
 * An address out of WeChat's own list, which only a native page may open: it leaves the choice at the server under a
 * number that is made up here, and this page asks for it. `found` hears of it.
 */
export function useAddressPick(found: (address: ShippingAddress) => void) {
  const isOffered = ref(false)
  const isPicking = ref(false)
  let pick = ''
  let endsAtMs = 0
  let timer = 0

  async function ask(): Promise<void> {
    if (!isPicking.value || document.visibilityState === 'hidden') return
    const asked = pick
    try {
      const { address } = await getAddressPick(asked)
      if (!address || asked !== pick || !isPicking.value) return
      stop()
      found(address)
    } catch (error) {
      // The next look may succeed; the form can be filled in by hand meanwhile.
      failureOf(error)
    }
  }

  function stop(): void {
    isPicking.value = false
    clearInterval(timer)
  }

  /** Opens the native page. Answers whether it opened. */
  async function open(): Promise<boolean> {
    const { miniProgram } = (await loadPart(weixinSdk)).default
    pick = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('')
    const isOpen = await new Promise<boolean>((resolve) =>
      miniProgram.navigateTo({
        url: `/pages/address/address?pick=${pick}`,
        success: () => resolve(true),
        fail: () => resolve(false),
      }),
    )
    stop()
    if (!isOpen) return false
    isPicking.value = true
    endsAtMs = Date.now() + patienceMs
    timer = window.setInterval(() => (Date.now() > endsAtMs ? stop() : void ask()), askEveryMs)
    return true
  }

  const backEvents = ['pageshow', 'focus'] as const
  const askNow = () => void ask()
  onMounted(async () => {
    isOffered.value = await isHeldByMiniProgram()
    document.addEventListener('visibilitychange', askNow)
    for (const name of backEvents) window.addEventListener(name, askNow)
  })
  onBeforeUnmount(() => {
    stop()
    document.removeEventListener('visibilitychange', askNow)
    for (const name of backEvents) window.removeEventListener(name, askNow)
  })
  return { isOffered, isPicking, open }
}
