/** What the Tab key reaches, without fields: focus that moves by itself must not open a phone's keyboard. */
const focusable = 'a[href], button:not(:disabled), summary, [tabindex="0"]'

/**
 * Keeps the keyboard's place. A focused element that is removed or disabled (加载更多 after the last page, a line that was
 * taken out, a dialog that closed) would leave the focus on BODY, and the Tab key would start at the top again. The focus
 * moves to what stands in the same place now, else to the page's title. Focus that the customer took away stays away.
 */
export function keepFocus(root: HTMLElement): void {
  let last: HTMLElement | null = null
  /** Place of the last focused element among those of the page; dialogs do not count. */
  let place = 0
  let isDue = false

  function settle(): void {
    isDue = false
    const active = document.activeElement
    if (active instanceof HTMLElement && active !== document.body) {
      last = active
      const found = placesIn(root).indexOf(active)
      if (found >= 0) place = found
      return
    }
    if (last?.isConnected && !last.matches(':disabled, [hidden], [hidden] *')) last = null
    if (!last) return
    last = null
    const places = placesIn(root)
    const next = places[Math.min(place, places.length - 1)] ?? root.querySelector<HTMLElement>('h1')
    next?.focus({ preventScroll: true })
  }

  /** After all that belongs to the change: a dialog gives the focus back, a route takes it to its title. */
  function settleSoon(): void {
    if (isDue) return
    isDue = true
    setTimeout(settle)
  }

  new MutationObserver(settleSoon).observe(root, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['disabled', 'hidden'],
  })
  root.addEventListener('focusin', settle)
  root.addEventListener('focusout', settleSoon)
  settle()
}

const placesIn = (root: HTMLElement): HTMLElement[] =>
  [...(root.querySelector('main') ?? root).querySelectorAll<HTMLElement>(focusable)].filter(
    (one) => !one.closest('[role=alertdialog]'),
  )
