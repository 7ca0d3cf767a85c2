/** One server-sent event. */
export interface SandboxEvent {
  event: string
  data: unknown
}

/** GET /_sandbox/events, event by event, until the sandbox ends or the signal comes. */
export async function* eventsOf(sandbox: string, signal: AbortSignal): AsyncGenerator<SandboxEvent> {
  const response = await fetch(`${sandbox}/_sandbox/events`, { signal })
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of response.body!) {
    text += decoder.decode(piece, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
      const [event, data] = [field('event'), field('data')]
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) as unknown }
    }
  }
}
