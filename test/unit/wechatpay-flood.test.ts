import type * as Crypto from 'node:crypto'
import { verify } from 'node:crypto'
import { beforeEach, expect, test, vi } from 'vitest'
import { createKeyRing } from '../../server/channels/wechatpay/key-ring.ts'
import { verifyMessage } from '../../server/channels/wechatpay/verify.ts'
import { merchantOf, signedHeaders, stranger } from '../support/wechatpay-peer.ts'

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof Crypto>()
  return { ...crypto, verify: vi.fn<typeof crypto.verify>(crypto.verify) }
})

const { verifiers } = createKeyRing(merchantOf())
const now = 1_795_257_000
const body = Buffer.from('{}')
const signed = signedHeaders(body, { timestamp: String(now) })
const verdict = (changes: Record<string, string | undefined>) =>
  verifyMessage(verifiers, { ...signed, ...changes }, body, now)

beforeEach(() => void vi.mocked(verify).mockClear())

test('a flood of rubbish costs no RSA: every cheaper check comes before it', () => {
  const rubbish: Record<string, string | undefined>[] = [
    { 'wechatpay-signature': undefined },
    { 'wechatpay-nonce': '' },
    { 'wechatpay-timestamp': '1e9' },
    { 'wechatpay-timestamp': String(now - 301) },
    { 'wechatpay-signature-type': 'WECHATPAY2-SM2-WITH-SM3' },
    { 'wechatpay-serial': 'PUB_KEY_ID_0000' },
    { 'wechatpay-serial': '__proto__' },
    { 'wechatpay-signature': 'WECHATPAY/SIGNTEST/x' },
    { 'wechatpay-signature': signed['wechatpay-signature']!.slice(4) },
    { 'wechatpay-signature': 'A'.repeat(100_000) },
  ]
  for (const changes of rubbish) expect(verdict(changes).body).toBeNull()
  expect(verify).not.toHaveBeenCalled()
})

test('what passes every cheaper check costs one RSA verification, whether it is proven or not', () => {
  expect(verdict({}).body).toBe(body)
  expect(verify).toHaveBeenCalledTimes(1)
  const forged = signedHeaders(body, { timestamp: String(now), key: stranger.privateKey })
  expect(verifyMessage(verifiers, forged, body, now).body).toBeNull()
  expect(verify).toHaveBeenCalledTimes(2)
})
