import type { BrowserContext, Page } from '@playwright/test'
import { violationsOf } from './axe.ts'

/** How a page may be looked at. */
export interface Look {
  name: string
  colorScheme: 'light' | 'dark'
  rootFont: string
}

/** Light and dark, each with ordinary and with large text. */
export const looks: Look[] = [
  { name: 'light', colorScheme: 'light', rootFont: '100%' },
  { name: 'dark', colorScheme: 'dark', rootFont: '100%' },
  { name: 'large text', colorScheme: 'light', rootFont: '150%' },
  { name: 'large text in the dark', colorScheme: 'dark', rootFont: '150%' },
]

/** Large text as WeChat and browsers set it: on the root. */
export const setRootFont = (context: BrowserContext, { rootFont }: Look): Promise<unknown> =>
  context.addInitScript((size) => {
    document.addEventListener('readystatechange', () => (document.documentElement.style.fontSize = size))
  }, rootFont)

/** What axe and a thumb would complain about, one line each. */
export async function faultsOf(page: Page): Promise<string[]> {
  const faults = await violationsOf(page)
  const others = await page.evaluate(() => {
    const faults: string[] = []
    const headings = document.querySelectorAll('h1').length
    if (headings !== 1) faults.push(`${headings} headings of the first level`)
    const { scrollWidth } = document.documentElement
    if (scrollWidth > innerWidth) faults.push(`${scrollWidth} px wide on a screen of ${innerWidth}`)
    for (const target of document.querySelectorAll('a, button, input')) {
      // A tap on a label reaches what it names.
      const { width, height } = (target.closest('label') ?? target).getBoundingClientRect()
      if (width > 0 && Math.min(width, height) < 44) faults.push(`too small for a thumb: ${target.outerHTML}`)
    }
    return faults
  })
  return [...faults, ...others]
}
