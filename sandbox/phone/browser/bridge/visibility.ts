import type { PageDescription } from './protocol.ts'

/**
 * Lets the page feel a native page sliding over its web-view, as this device profile does: some fire
 * visibilitychange, pageshow or focus, some nothing at all.
 * @returns told whenever the web-view is covered or seen again
 */
export function installVisibility(coverEvents: PageDescription['coverEvents']): (covered: boolean) => void {
  let isCovered = false
  const feels = coverEvents.includes('visibilitychange')
  const nativeHidden = Object.getOwnPropertyDescriptor(Document.prototype, 'hidden')
  const isHidden = (): boolean => (feels && isCovered) || Boolean(nativeHidden?.get?.call(document))
  Object.defineProperties(document, {
    hidden: { get: isHidden, configurable: true },
    visibilityState: { get: () => (isHidden() ? 'hidden' : 'visible'), configurable: true },
  })
  return (covered) => {
    if (covered === isCovered) return
    isCovered = covered
    if (feels) document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    if (covered) return
    if (coverEvents.includes('pageshow')) {
      window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    }
    if (coverEvents.includes('focus')) window.dispatchEvent(new FocusEvent('focus'))
  }
}
