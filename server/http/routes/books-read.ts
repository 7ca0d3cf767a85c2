import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RequestHandler } from 'express'
import { readBookLines } from '../../refunds/read-books.ts'
import type { Services } from '../services.ts'

/**
 * GET /api/books: streamed as fast as the reader takes it. The first page is read before the answer begins, so that an
 * outage is answered as one. A fault in the middle breaks the connection off: half the books are never taken for all.
 */
export const readBooks =
  ({ db, clock, log }: Services): RequestHandler =>
  async (_req, res) => {
    const lines = readBookLines(db, clock.now())
    const first = await lines.next()
    res.type('application/x-ndjson')
    try {
      await pipeline(Readable.from(asText(first, lines)), res)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE')
        log.error({ err: error }, 'the books broke off')
    }
  }

async function* asText(first: IteratorResult<object>, lines: AsyncIterable<object>): AsyncGenerator<string> {
  if (first.done) return
  yield `${JSON.stringify(first.value)}\n`
  for await (const line of lines) yield `${JSON.stringify(line)}\n`
}
