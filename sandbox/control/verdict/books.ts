import { z } from 'zod'
import { CHANNEL_NAMES } from './truth.ts'
import type { Channel } from './truth.ts'

const REFUND = z.object({ outRefundNo: z.string(), state: z.string(), amountFen: z.int() })
const LINE = z.object({
  outTradeNo: z.string(),
  orderId: z.string(),
  channel: z.string(),
  mchid: z.string(),
  state: z.enum(['created', 'pending', 'paid', 'closing', 'closed', 'failed']),
  amountFen: z.int(),
  kept: z.boolean(),
  refunds: z.array(REFUND),
})

type AnyLine = z.infer<typeof LINE>
/** One payment in a merchant's books, by a channel that is played here. */
export type BookLine = AnyLine & { channel: Channel }
export type BookRefund = BookLine['refunds'][number]

/** No token that opens them, nobody there, or something that is no books. */
type Trouble = 'books-locked' | 'books-unreachable' | 'books-unreadable'

/** The books cannot be read; the message says why, and what would do. */
export class UnreadableBooks extends Error {
  readonly code: Trouble
  constructor(message: string, code: Trouble = 'books-unreadable') {
    super(message)
    this.code = code
  }
}

/** A line is some hundred bytes; of one order with fifty refunds a few thousand. */
const LONGEST_LINE = 64_000
/** Nothing comes for so long: the server hangs. */
const SILENCE_MS = 15_000

/**
 * GET {server}/api/books as NDJSON, line by line as it comes: books of any length are never in memory as a whole. Only
 * lines of channels that are played here. Throws UnreadableBooks.
 */
export async function* readBooks(
  server: string,
  authorization: string | undefined,
): AsyncGenerator<BookLine> {
  const url = `${server.replace(/\/+$/, '')}/api/books`
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), SILENCE_MS)
  try {
    let count = 0
    for await (const text of linesOf(await open(url, authorization, silence.signal), timer)) {
      count += 1
      const line = parseLine(text, `${url} line ${count}`)
      if (isPlayedHere(line)) yield line
    }
  } catch (error) {
    if (error instanceof UnreadableBooks) throw error
    const why = silence.signal.aborted ? `nothing came for ${SILENCE_MS / 1000} s` : reasonOf(error)
    throw new UnreadableBooks(`${url} cannot be read: ${why}`, 'books-unreachable')
  } finally {
    clearTimeout(timer)
    silence.abort()
  }
}

async function open(
  url: string,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const headers = { accept: 'application/x-ndjson', ...(authorization !== undefined && { authorization }) }
  // Whoever answers with another address might lead to one that may not be asked.
  const response = await fetch(url, { headers, signal, redirect: 'manual' })
  if (response.status === 401 || response.status === 403) {
    throw new UnreadableBooks(
      `${url} answers ${response.status}: send the token of an operator, Authorization: Bearer …`,
      'books-locked',
    )
  }
  if (response.status !== 200 || response.body === null) {
    throw new UnreadableBooks(`${url} answers ${response.status}: expected 200 and one payment a line`)
  }
  return response.body
}

async function* linesOf(body: AsyncIterable<Uint8Array>, timer: NodeJS.Timeout): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of body) {
    timer.refresh()
    text += decoder.decode(piece, { stream: true })
    const lines = text.split('\n')
    text = lines.pop()!
    if (text.length > LONGEST_LINE)
      throw new UnreadableBooks('a line of the books has no end: expected NDJSON')
    yield* lines.filter((line) => line !== '')
  }
  if (text !== '') yield text
}

const isPlayedHere = (line: AnyLine): line is BookLine => Object.hasOwn(CHANNEL_NAMES, line.channel)

function parseLine(text: string, place: string): AnyLine {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UnreadableBooks(`${place} is not JSON: expected one payment a line`)
  }
  const parsed = LINE.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'line'}: ${message}`)
  throw new UnreadableBooks(`${place}: ${faults.join('; ')}`)
}

const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  return cause?.code ?? cause?.message ?? message
}
