import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Subscriber } from '../support/subscriber.ts'
import type { HeardRecord } from './checker/records.ts'

/** Pieces of every product: enough for every campaign, and counted all the same. */
const STOCK = 100_000
const example = fileURLToPath(new URL('../../server/catalog/example-catalogue.json', import.meta.url))

/** Writes the example's catalogue with so many pieces of everything, so that stock is part of what is checked. */
export function limitedCatalogue(folder: string): string {
  const products = JSON.parse(readFileSync(example, 'utf8')) as object[]
  const file = join(folder, 'catalogue.json')
  writeFileSync(file, JSON.stringify(products.map((product) => ({ ...product, stock: STOCK }))))
  return file
}

/** What a subscriber heard, as the checker reads it. */
export const heardBy = ({ messages }: Subscriber): HeardRecord[] =>
  messages.map(({ event }) => ({ id: event.id, type: event.type, number: event.data.id }))
