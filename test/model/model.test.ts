import { expect, test } from 'vitest'
import { createTestDatabase } from '../support/postgres.ts'
import { runCampaign } from './campaign.ts'

/** A small sample; `npm run model` runs as many as one likes, and demands that the rare stories happen as well. */
test('whatever customers, operators, WeChat and time do, in any order: money is where the model says', async () => {
  const figures = await runCampaign({ seed: 11, runs: 10, withinMs: 540_000, database: createTestDatabase })
  expect(figures.get('runs')).toBe(10)
  expect(figures.get('orders paid')).toBeGreaterThan(0)
})
