import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openSealed } from '../../server/channels/wechatpay/aes-gcm.ts'
import { apiV3Key } from '../support/wechatpay-peer.ts'

const key = Buffer.from(apiV3Key)
const nonce = 'wCq51qZv4Yfg'
const aad = 'transaction'
const text = '{"trade_state":"SUCCESS","说明":"龙井"}'

const seal = (plain: string, iv = nonce, authTagLength = 16): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength })
  cipher.setAAD(Buffer.from(aad))
  return Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
}
const open = (sealed: Buffer, changes: { nonce?: string; aad?: string; key?: Buffer } = {}) =>
  openSealed(changes.key ?? key, { ciphertext: sealed.toString('base64'), nonce, aad, ...changes })

test('what was sealed opens', () => {
  expect(open(seal(text))).toBe(text)
})

test('one changed bit anywhere, the tag included, does not open', () => {
  const sealed = seal(text)
  fc.assert(
    fc.property(fc.nat({ max: sealed.length * 8 - 1 }), (bit) => {
      const changed = Buffer.from(sealed)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      return open(changed) === null
    }),
  )
})

test('a cipher text of 0 to 17 bytes does not open', () => {
  for (let length = 0; length <= 17; length++) expect(open(seal(text).subarray(0, length))).toBeNull()
})

test('an empty text with a right tag does not open: there is nothing in it', () => {
  expect(open(seal(''))).toBeNull()
})

test('a right but shorter tag does not open', () => {
  for (const tagBytes of [4, 8, 12, 15]) expect(open(seal(text, nonce, tagBytes))).toBeNull()
})

test('another key, nonce or associated data does not open', () => {
  expect(open(seal(text), { key: Buffer.from(apiV3Key.toLowerCase()) })).toBeNull()
  expect(open(seal(text), { key: key.subarray(1) })).toBeNull()
  expect(open(seal(text), { nonce: 'wCq51qZv4Yfh' })).toBeNull()
  expect(open(seal(text), { aad: 'refund' })).toBeNull()
  expect(open(seal(text), { aad: '' })).toBeNull()
})

test('a nonce must have 12 bytes even when everything else fits', () => {
  for (const iv of ['12345678', '1234567890123456', '龙井茶龙井'])
    expect(open(seal(text, iv), { nonce: iv })).toBeNull()
})

test('malformed base64 does not open', () => {
  const ciphertext = seal(text).toString('base64')
  for (const spelt of [`${ciphertext}!`, ` ${ciphertext}`, ciphertext.replace(/=*$/, '?')]) {
    expect(openSealed(key, { ciphertext: spelt, nonce, aad })).toBeNull()
  }
})
