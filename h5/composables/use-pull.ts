import { onBeforeUnmount, onMounted, ref } from 'vue'

/** A pull shorter than this is a finger that rests, or scrolls. */
const seenFromPx = 24
/** A pull that is let go beyond this counts. */
const countsFromPx = 80

type Pull = 'none' | 'begun' | 'enough'

/**
 * The finger that pulls a page down which is scrolled to its top. It only listens: scrolling is the browser's affair, and
 * nothing moves with the finger.
 */
export function usePull(onPulled: () => void) {
  const pull = ref<Pull>('none')
  let startX = 0
  let startY: number | null = null

  function start({ touches, target }: TouchEvent): void {
    const isInDialog = target instanceof Element && target.closest('[aria-modal]') !== null
    const [finger] = touches
    startY = finger && touches.length === 1 && window.scrollY <= 0 && !isInDialog ? finger.clientY : null
    startX = finger?.clientX ?? 0
  }

  function move({ touches }: TouchEvent): void {
    const [finger] = touches
    if (startY === null || !finger) return
    const downPx = finger.clientY - startY
    const isDown = downPx > Math.abs(finger.clientX - startX) && touches.length === 1 && window.scrollY <= 0
    if (!isDown || downPx < seenFromPx) pull.value = 'none'
    else pull.value = downPx < countsFromPx ? 'begun' : 'enough'
  }

  function end(): void {
    const isEnough = pull.value === 'enough'
    forget()
    if (isEnough) onPulled()
  }

  function forget(): void {
    startY = null
    pull.value = 'none'
  }

  const listeners = { touchstart: start, touchmove: move, touchend: end, touchcancel: forget } as const
  const each = (change: 'addEventListener' | 'removeEventListener') => {
    for (const [name, listener] of Object.entries(listeners))
      document[change](name, listener as EventListener, { passive: true })
  }
  onMounted(() => each('addEventListener'))
  onBeforeUnmount(() => each('removeEventListener'))
  return pull
}
