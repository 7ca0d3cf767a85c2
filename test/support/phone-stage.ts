import type { Browser } from '@playwright/test'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { launchBrowser } from './browser.ts'
import { openShop, type Shop } from './shop.ts'
import { openWindow, type PhoneWindow } from './walk.ts'

/** What a file of tests with phones stands on: one shop, one browser, one window a test. */
export interface PhoneStage {
  shop: Shop
  /** Opens the test's window at an address of the phone, see openWindow. */
  open(address: string): Promise<PhoneWindow>
}

/**
 * Sets the stage for a whole file; called once, at its top. After each test its window is closed, which fails where a page
 * threw, and no rule is left in the sandbox.
 */
export function phoneStage(): PhoneStage {
  let browser: Browser | undefined
  let opened: PhoneWindow | undefined
  const stage = {
    open: async (address: string) => (opened = await openWindow(stage.shop, browser!, address)),
  } as PhoneStage
  beforeAll(async () => {
    ;[stage.shop, browser] = await Promise.all([openShop({ phone: true }), launchBrowser()])
  })
  afterEach(async () => {
    await opened?.close()
    opened = undefined
    await stage.shop.sandbox.control('/rules', undefined, 'DELETE')
  })
  afterAll(async () => {
    await browser?.close()
    await stage.shop?.close()
  })
  return stage
}
