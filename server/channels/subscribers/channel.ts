import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { limits } from '../../config/limits.ts'
import type { SubscriberConfig } from '../../config/subscribers.ts'
import type { DeliveryAnswer, SubscriberChannel } from '../../deliveries/subscriber-channel.ts'
import { isPrivateLiteral } from '../../shared/public-address.ts'
import { publicOnly, resolveByDns, type Resolve } from './addresses.ts'
import { signedHeaders } from './sign.ts'

/** Sends to the subscribers of the configuration. `resolve` is DNS unless a test knows better. */
export function createSubscriberChannel(
  subscribers: readonly SubscriberConfig[],
  resolve: Resolve = resolveByDns,
): SubscriberChannel {
  const byName = new Map(subscribers.map((subscriber) => [subscriber.name, subscriber]))
  return {
    names: [...byName.keys()],
    send: (name, message) => {
      const subscriber = byName.get(name)
      return subscriber
        ? post(subscriber, message, resolve)
        : Promise.resolve({ error: 'unknown-subscriber' })
    },
  }
}

/** One attempt on a connection of its own. What the answer says beside its status is nobody's business here. */
function post(
  { url: address, keys, allowPrivate }: SubscriberConfig,
  message: { id: string; body: string },
  resolve: Resolve,
): Promise<DeliveryAnswer> {
  const url = new URL(address)
  if (!allowPrivate && isPrivateLiteral(url)) return Promise.resolve({ error: 'private-address' })
  return new Promise((answered) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      agent: false,
      lookup: publicOnly(resolve, allowPrivate),
      signal: AbortSignal.timeout(limits.deliverWithinMs),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(message.body),
        'user-agent': 'qiaofu',
        ...signedHeaders(keys, message, new Date()),
      },
    })
    request.on('response', (response) => {
      answered({ status: response.statusCode! })
      drain(response)
    })
    request.on('error', (error: NodeJS.ErrnoException) =>
      answered({ error: error.code === 'ABORT_ERR' ? 'timeout' : (error.code ?? error.name) }),
    )
    // An answer may be none: of "101 Switching Protocols" there is neither a response nor an error, only the end.
    request.on('close', () => answered({ error: 'no-answer' }))
    request.end(message.body)
  })
}

/** Lets a short answer end in peace, since some servers give up their work when the line is cut; a long one is cut. */
function drain(response: IncomingMessage): void {
  let bytes = 0
  response.on('error', () => {})
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > limits.deliveryAnswerBytes) response.destroy()
  })
}
