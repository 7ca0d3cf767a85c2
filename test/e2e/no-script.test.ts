import type { Browser } from '@playwright/test'
import express from 'express'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { servePages } from '../../server/http/pages.ts'
import { securityHeaders } from '../../server/http/security-headers.ts'
import { launchBrowser } from '../support/browser.ts'
import { environment } from '../../server/config/env.ts'
import { expectPage } from '../support/walk.ts'

let server: Server
let browser: Browser
let url = ''
beforeAll(async () => {
  browser = await launchBrowser()
  const app = express()
  app.use(securityHeaders('http://127.0.0.1', {}), servePages(environment.pagesDirectory))
  server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await browser?.close()
  server?.close()
})

test.each(['/', '/enter', '/orders/AAAAAAAAAAAAA/result'])(
  'a browser without scripts is told so in sight, in both languages, and nothing else: %s',
  async (path) => {
    const context = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 390, height: 844 },
    })
    const page = await context.newPage()
    await page.goto(`${url}${path}`)
    const words = page.locator('noscript p')
    await expectPage(words).toHaveText([/^请开启浏览器的 JavaScript/, /^Please switch on JavaScript/])
    for (const sentence of await words.all()) await expectPage(sentence).toBeInViewport()
    // The shape of a page, and words that come late or wait for a script, would be untrue.
    const waiting = await page
      .locator('#app > div, #words')
      .evaluateAll((nodes) => nodes.map((node) => getComputedStyle(node).display))
    expect(waiting.length).toBeGreaterThan(0)
    expect(new Set(waiting)).toEqual(new Set(['none']))
    await context.close()
  },
)
