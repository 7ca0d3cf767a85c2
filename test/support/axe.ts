import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Frame, Page } from '@playwright/test'
import type axe from 'axe-core'

declare global {
  interface Window {
    axe: typeof axe
  }
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong with the page as it stands, one line each. Frames are not looked into. `rules`: only these. */
export async function violationsOf(page: Page | Frame, rules?: string[]): Promise<string[]> {
  await page.evaluate(axeSource)
  return page.evaluate(async (only) => {
    const options = only ? { runOnly: { type: 'rule' as const, values: only } } : {}
    const { violations } = await window.axe.run({ exclude: ['iframe'] }, options)
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`),
    )
  }, rules)
}

/** The same of a page and of every frame in it, each line with the frame's path. */
export async function violationsInFrames(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const frame of page.frames()) {
    const violations = await violationsOf(frame)
    found.push(...violations.map((line) => `${new URL(frame.url()).pathname} ${line}`))
  }
  return found
}
