import { createHmac } from 'node:crypto'

/**
 * The headers of one attempt: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * One signature a key, so that a secret can be changed without a message being refused. `at` is machine time.
 */
export function signedHeaders(
  keys: readonly Buffer[],
  message: { id: string; body: string },
  at: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signatures = keys.map((key) => {
    const hmac = createHmac('sha256', key).update(`${message.id}.${timestamp}.${message.body}`)
    return `v1,${hmac.digest('base64')}`
  })
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}
