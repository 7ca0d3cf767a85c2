import { webcrypto } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ShopEvent } from '../../contract/shop-event.ts'
import type { SubscriberConfig } from '../../server/config/subscribers.ts'

/** A message as it came over the wire. */
export interface Message {
  path: string
  headers: IncomingHttpHeaders
  body: string
  event: ShopEvent
}

/** A system of the shop's own that takes messages, over real HTTP. */
export interface Subscriber {
  url: string
  messages: Message[]
  /** What it answers from now on; 204 unless told otherwise. */
  answers(how: (response: ServerResponse) => void): void
  /** How the configuration names it. */
  config(name: string, keys: Buffer[]): SubscriberConfig
  close(): Promise<void>
}

/** Opens one on a free port of the loopback address. */
export async function openSubscriber(): Promise<Subscriber> {
  const messages: Message[] = []
  let answer = (response: ServerResponse): void => void response.writeHead(204).end()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    messages.push({ path: request.url!, headers: request.headers, body, event: JSON.parse(body) })
    answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`
  return {
    url,
    messages,
    answers: (how) => void (answer = how),
    config: (name, keys) => ({
      name,
      url,
      keys,
      events: [
        'order.paid',
        'order.closed',
        'payment.surplus',
        'refund.succeeded',
        'refund.closed',
        'refund.abnormal',
        'refund.refused',
      ],
      allowPrivate: true,
    }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * Whether a receiver that knows this key believes the message, as the specification of Standard Webhooks has it:
 * five minutes at most, and one of the signatures of version 1 fits. Written from the text alone, on another crypto.
 */
export async function isBelieved({ headers, body }: Message, key: Buffer): Promise<boolean> {
  const text = (name: string) => String(headers[name])
  const age = Math.abs(Date.now() / 1000 - Number(text('webhook-timestamp')))
  if (!(age < 300)) return false
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = new Uint8Array(key)
  const imported = await webcrypto.subtle.importKey('raw', bytes, algorithm, false, ['verify'])
  const signed = new TextEncoder().encode(`${text('webhook-id')}.${text('webhook-timestamp')}.${body}`)
  const fits = await Promise.all(
    text('webhook-signature')
      .split(' ')
      .filter((signature) => signature.startsWith('v1,'))
      .map((signature) => new Uint8Array(Buffer.from(signature.slice(3), 'base64')))
      .map((signature) => webcrypto.subtle.verify('HMAC', imported, signature, signed)),
  )
  return fits.includes(true)
}
