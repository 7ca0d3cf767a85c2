import { expect, test } from 'vitest'
import { createTestDatabase } from '../support/postgres.ts'
import { runCampaign } from './campaign.ts'

/** A small sample; `npm run model` runs as many as one likes. */
test('whatever customers, operators, WeChat and time do, in any order: money is where the model says', async () => {
  const figures = await runCampaign({ seed: 11, runs: 10, withinMs: 540_000, database: createTestDatabase })
  for (const story of ['orders paid', 'orders cancelled', 'surplus payments, each given back', 'crashes'])
    expect(figures.get(story) ?? story).toBeGreaterThan(0)
})
