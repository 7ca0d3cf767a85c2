/** One server-sent event, its data parsed. */
export interface StreamEvent {
  id: string
  event: string
  // Tests look into items of many shapes.
  // oxlint-disable-next-line no-explicit-any
  data: any
}

/** A stream of server-sent events that is being read. */
export interface EventStream {
  contentType: string | null
  /** Resolves with the next event that is wanted; the others are passed over. Rejects when the stream ends first. */
  next(wanted?: (event: StreamEvent) => boolean): Promise<StreamEvent>
  close(): void
}

/** Connects and reads; resolves as soon as the stream is open. */
export async function openEventStream(url: string, lastEventId?: string): Promise<EventStream> {
  const stopping = new AbortController()
  const response = await fetch(url, {
    signal: stopping.signal,
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  })
  const events = eventsOf(response.body!)
  // The greeting is a comment: once it has come, the stream is live.
  await events.next()
  return {
    contentType: response.headers.get('content-type'),
    async next(wanted = () => true) {
      for (;;) {
        const { value, done } = await events.next()
        if (done) throw new Error('the stream ended')
        if (value && wanted(value)) return value
      }
    },
    close: () => stopping.abort(),
  }
}

/** Undefined for a block without data. */
async function* eventsOf(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<StreamEvent | undefined, undefined> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of body) {
    text += decoder.decode(piece, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)))
      yield fields.data === undefined
        ? undefined
        : { id: fields.id, event: fields.event, data: JSON.parse(fields.data) }
    }
  }
  return undefined
}
