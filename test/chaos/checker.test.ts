import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../support/postgres.ts'
import { mchid } from '../support/shop.ts'
import { runCampaign } from './campaign.ts'
import { check } from './checker/check.ts'
import { readBooks } from './checker/read-books.ts'
import { readLedger } from './checker/read-ledger.ts'
import { stormy } from './fate.ts'
import { plants, type Case } from './plants.ts'

/** A seed whose sixty journeys have everything that is spoilt below: a surplus, refunds, closed payments. */
const SEED = 9

describe('the checker', () => {
  let clean: Case
  beforeAll(async () => {
    await runCampaign({
      seed: SEED,
      journeys: 60,
      weather: stormy,
      heals: true,
      database: await createTestDatabase(),
      judge: async (shop) => {
        clean = {
          books: await readBooks(shop.databaseUrl),
          ledger: await readLedger(shop.sandbox.url, mchid),
        }
      },
    })
  })

  test('finds nothing in books that agree', () => {
    expect(check(clean.books, clean.ledger)).toEqual([])
  })

  test.each(plants)('finds it when %s', (_title, kind, plant) => {
    const spoilt = structuredClone(clean)
    plant(spoilt)
    expect(check(spoilt.books, spoilt.ledger).map((difference) => difference.kind)).toContain(kind)
  })
})
