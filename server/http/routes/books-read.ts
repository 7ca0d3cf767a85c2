import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RequestHandler } from 'express'
import { readBookLines } from '../../refunds/read-books.ts'
import type { Services } from '../services.ts'

/**
 * GET /api/books: streamed as fast as the reader takes it. A fault in the middle breaks the connection off, so that half
 * the books are never taken for all.
 */
export const readBooks =
  ({ db, log }: Services): RequestHandler =>
  async (_req, res) => {
    res.type('application/x-ndjson')
    try {
      await pipeline(Readable.from(asText(readBookLines(db))), res)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE')
        log.error({ err: error }, 'the books broke off')
    }
  }

async function* asText(lines: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`
}
