/** One server-sent event. */
export interface SandboxEvent {
  event: string
  data: unknown
}

/**
 * GET /_sandbox/events: the events from this moment on, until the sandbox ends or the signal comes. Resolves when the
 * sandbox has us on its list: what happens from then on is told.
 */
export async function openEvents(
  sandbox: string,
  signal: AbortSignal,
): Promise<AsyncGenerator<SandboxEvent>> {
  const response = await fetch(`${sandbox}/_sandbox/events`, { signal })
  return eventsIn(response)
}

async function* eventsIn(response: Response): AsyncGenerator<SandboxEvent> {
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
