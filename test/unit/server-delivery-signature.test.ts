import { expect, test } from 'vitest'
import { signedHeaders } from '../../server/channels/subscribers/sign.ts'

/** The vector that the libraries of Standard Webhooks are tested with. */
const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' }
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

test('a message is signed as the published vector is', () => {
  expect(signedHeaders([key], message, new Date(1_614_265_330_999))).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': signature,
  })
})

test('while a secret is changed there is one signature a key, the current one first', () => {
  const headers = signedHeaders([key, Buffer.alloc(24, 1)], message, new Date(1_614_265_330_000))
  expect(headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/)
  expect(headers['webhook-signature']!.split(' ')[0]).toBe(signature)
})
