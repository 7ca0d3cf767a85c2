import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '../support/postgres.ts'
import { mchid } from '../support/shop.ts'
import { runCampaign } from './campaign.ts'
import { noNotifications, stormy } from './fate.ts'
import { judge } from './judge.ts'
import { measureTimeliness } from './timeliness.ts'

/** A small sample; `npm run chaos` runs as many and as long as one likes. */
describe('under faults', () => {
  test.each([1, 2])('seed %i: everything ends, and our books equal WeChat’s ledger', async (seed) => {
    await runCampaign({
      seed,
      journeys: 40,
      weather: stormy,
      heals: true,
      database: await createTestDatabase(),
      judge: async (shop, figures) => {
        const { isClean, lines } = await judge(shop.databaseUrl, shop.sandbox.url, mchid)
        expect(lines.join('\n')).toMatch(/: 0 differences$/)
        expect(isClean).toBe(true)
        expect([...figures.tally.keys()]).toEqual(
          expect.arrayContaining(['prepay lost-after', 'notify lost', 'notify forged']),
        )
      },
    })
  })

  test('the same seed brings the same history, step by step and moment by moment', async () => {
    const runOnce = async () => {
      let digest = ''
      await runCampaign({
        seed: 4,
        journeys: 30,
        weather: stormy,
        heals: true,
        database: await createTestDatabase(),
        judge: async (_shop, figures) => void (digest = figures.digest),
      })
      return digest
    }
    expect(await runOnce()).toBe(await runOnce())
  })

  test('without a single notification every payment ends within five minutes of its expiry', async () => {
    await runCampaign({
      seed: 3,
      journeys: 40,
      weather: noNotifications,
      heals: false,
      database: await createTestDatabase(),
      judge: async (shop, figures) => {
        expect((await judge(shop.databaseUrl, shop.sandbox.url, mchid)).lines.join('\n')).toMatch(/: 0 diff/)
        const { afterExpiry, afterReturn } = await measureTimeliness(shop.databaseUrl, figures)
        expect(afterExpiry.count).toBeGreaterThan(0)
        expect(afterExpiry.slowestS).toBeLessThanOrEqual(300)
        expect(afterReturn.count).toBeGreaterThan(0)
        expect(afterReturn.slowestS).toBeLessThanOrEqual(10)
      },
    })
  })
})
