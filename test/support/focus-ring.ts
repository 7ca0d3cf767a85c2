import type { Page } from '@playwright/test'

/**
 * Presses Tab through a page and reads the computed outline of what is focused: a line of at least 2 CSS pixels that no
 * ancestor (a fixed element has none that clip it) and no edge of the window cuts off. Ends where the focus comes round, or after `most` steps.
 */
export async function ringFaults(page: Page, most = 80): Promise<{ reached: number; faults: string[] }> {
  const faults: string[] = []
  let reached = 0
  await page.evaluate(() =>
    document.querySelectorAll('[data-seen]').forEach((one) => one.removeAttribute('data-seen')),
  )
  while (reached < most) {
    await page.keyboard.press('Tab')
    let fault = await page.evaluate(readRing, most < 80)
    if (fault === null) break
    if (fault) {
      // The page may not have scrolled to the focus yet.
      await page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      )
      fault = await page.evaluate(readRing, true)
    }
    reached++
    if (fault) faults.push(fault)
  }
  return { reached, faults }
}

/** Null at the end of the page, '' for a whole ring. Runs in the page. */
function readRing(mayRepeat: boolean): string | null {
  const element = document.activeElement
  if (!element || element === document.body) return null
  if (element.hasAttribute('data-seen') && !mayRepeat) return null
  element.setAttribute('data-seen', '')
  const name = `${element.tagName}.${element.className} ${(element.textContent ?? '').trim().slice(0, 20)}`
  const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(element)
  const widthPx = parseFloat(outlineWidth)
  if (outlineStyle === 'none' || widthPx < 2) return `${name}: no ring`
  const outPx = widthPx + parseFloat(outlineOffset)
  const box = element.getBoundingClientRect()
  const ring = {
    left: box.left - outPx,
    right: box.right + outPx,
    top: box.top - outPx,
    bottom: box.bottom + outPx,
  }
  const isCutBy = (edge: { left: number; right: number; top: number; bottom: number }) =>
    ring.left < edge.left - 0.5 ||
    ring.right > edge.right + 0.5 ||
    ring.top < edge.top - 0.5 ||
    ring.bottom > edge.bottom + 0.5
  for (let around = element; around.parentElement && getComputedStyle(around).position !== 'fixed';) {
    around = around.parentElement
    if (around === document.body) break
    if (getComputedStyle(around).overflow !== 'visible' && isCutBy(around.getBoundingClientRect()))
      return `${name}: cut off by ${around.className}`
  }
  const isTaller = box.height > innerHeight - 100
  const page = {
    left: 0,
    right: innerWidth,
    top: isTaller ? -Infinity : 0,
    bottom: isTaller ? Infinity : innerHeight,
  }
  return isCutBy(page) ? `${name}: cut off by the window` : ''
}
