import { beforeAll, describe, expect, test } from 'vitest'
import { check } from './checker/check.ts'
import { plants, type Case } from './plants.ts'
import { playSample } from './sample.ts'

describe('the checker', () => {
  let clean: Case
  beforeAll(async () => {
    clean = await playSample()
  })

  test('finds nothing in books that agree', () => {
    expect(check(clean.books, clean.ledger, clean.heard)).toEqual([])
  })

  test.each(plants)('finds it when %s', (_title, kind, plant) => {
    const spoilt = structuredClone(clean)
    plant(spoilt)
    const found = check(spoilt.books, spoilt.ledger, spoilt.heard)
    expect(found.map((difference) => difference.kind)).toContain(kind)
  })
})
