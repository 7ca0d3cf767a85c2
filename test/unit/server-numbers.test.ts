import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describe as describeLines } from '../../server/payments/describe.ts'
import { readCursor, writeCursor } from '../../server/shared/cursor.ts'
import { KindError } from '../../server/shared/errors.ts'
import { largestFen, sumFen, timesFen } from '../../server/shared/fen.ts'
import {
  businessDay,
  hashSecret,
  newAccountId,
  newBindCode,
  readBindCode,
  newOauthState,
  newOrderId,
  newTicket,
  newToken,
  orderIdOf,
  paymentNumber,
} from '../../server/shared/id.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const base32 = (length: number) =>
  fc
    .array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length })
    .map((characters) => characters.join(''))
const digits = (length: number) =>
  fc.integer({ min: 0, max: 10 ** length - 1 }).map((number) => String(number).padStart(length, '0'))

describe('what is drawn', () => {
  test.each([
    ['an order', newOrderId, /^[0-9A-HJKMNP-TV-Z]{13}$/],
    ['an account', newAccountId, /^[0-9A-HJKMNP-TV-Z]{16}$/],
    ['a token', newToken, /^[A-Za-z0-9_-]{43}$/],
    ['a ticket', newTicket, /^[A-Za-z0-9_-]{22}$/],
    ['an OAuth state', newOauthState, /^[0-9a-f]{40}$/],
  ])('for %s has its shape and is drawn once', (_what, draw, shape) => {
    const drawn = Array.from({ length: 10_000 }, draw)
    expect(drawn.every((text) => shape.test(text))).toBe(true)
    expect(new Set(drawn).size).toBe(drawn.length)
  })

  test('for a hundred thousand orders is never the same, and no character is rarer than another', () => {
    const drawn = Array.from({ length: 100_000 }, newOrderId)
    expect(new Set(drawn).size).toBe(drawn.length)
    const counts = new Map([...alphabet].map((character) => [character, 0]))
    for (const id of drawn) for (const character of id) counts.set(character, counts.get(character)! + 1)
    const expected = (drawn.length * 13) / 32
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 31 degrees of freedom: beyond 80 once in a million runs.
    expect(chiSquare).toBeLessThan(80)
  })

  test('to bind is ten characters that a person can type, and is read however it is typed', () => {
    const codes = Array.from({ length: 5_000 }, newBindCode)
    expect(codes.every((code) => /^[0-9A-HJKMNP-TV-Z]{10}$/.test(code))).toBe(true)
    expect(readBindCode(' 0lio1-abc12 ')).toBe('01101ABC12')
    expect([readBindCode('ABCDE1234'), readBindCode('ABCDE1234U')]).toEqual([null, null])
  })

  test('is kept as SHA-256', () => {
    expect(hashSecret('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })
})

test.each([
  ['2026-11-21T15:59:59.999Z', '2026-11-21'],
  ['2026-11-21T16:00:00.000Z', '2026-11-22'],
])('%s belongs to the business day %s, which begins at midnight in UTC+8', (at, day) => {
  expect(businessDay(new Date(at))).toBe(day)
})

describe('a payment number', () => {
  const parts = { entryCode: '02', goodsType: '01', orderId: '0123456789ABC', attempt: 1 }

  test.each([
    ['in UTC+8', parts, '2026-11-21T10:30:05.999Z', '02101261121183005' + '0123456789ABC' + '01'],
    [
      'on the next day there',
      parts,
      '2026-12-31T16:00:00.000Z',
      '02101270101000000' + '0123456789ABC' + '01',
    ],
    [
      'at midnight, which is 00',
      parts,
      '2026-11-20T16:00:00.000Z',
      '02101261121000000' + '0123456789ABC' + '01',
    ],
    [
      'for the 33rd attempt',
      { ...parts, attempt: 33 },
      '2026-11-21T00:00:00Z',
      '02101261121080000' + '0123456789ABC' + '11',
    ],
    [
      'for the last attempt',
      { ...parts, attempt: 1023 },
      '2026-11-21T00:00:00Z',
      '02101261121080000' + '0123456789ABC' + 'ZZ',
    ],
  ])('is entry, kind, goods type, time %s, order and attempt', (_what, of, at, number) => {
    expect(paymentNumber(of, new Date(at))).toBe(number)
  })

  test('names its order, whatever it is made of', () => {
    const made = fc.record({
      entryCode: digits(2),
      goodsType: digits(2),
      orderId: base32(13),
      attempt: fc.integer({ min: 0, max: 1023 }),
    })
    const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(made, instant, (of, at) => {
        const number = paymentNumber(of, at)
        expect(number).toMatch(/^[0-9A-Za-z]{32}$/)
        expect(orderIdOf(number)).toBe(of.orderId)
      }),
    )
  })

  test('that is none names no order', () => {
    const good = paymentNumber(parts, new Date())
    const bad = [
      '',
      good.slice(1),
      `${good}0`,
      ` ${good.slice(1)}`,
      `${good}\n`,
      good.toLowerCase(),
      good.replace(/.$/, 'U'),
    ]
    // Kind 2 is a refund's.
    for (const number of [...bad, `022${good.slice(3)}`]) expect(orderIdOf(number)).toBeNull()
    fc.assert(fc.property(fc.string(), (text) => orderIdOf(text) === null))
  })
})

describe('fen', () => {
  const price = fc.integer({ min: 1, max: largestFen })
  const count = fc.integer({ min: 1, max: 99 })

  test('are multiplied and added exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(price, count), { maxLength: 20 }), (lines) => {
        const exact = lines.reduce((sum, [fen, times]) => sum + BigInt(fen) * BigInt(times), 0n)
        expect(BigInt(sumFen(lines.map(([fen, times]) => timesFen(fen, times))))).toBe(exact)
      }),
    )
  })

  test.each([
    ['beyond what a number holds', () => timesFen(Number.MAX_SAFE_INTEGER, 2)],
    ['below nothing', () => timesFen(100, -1)],
    ['in parts', () => timesFen(101, 0.5)],
    ['that are no number', () => timesFen(Number.NaN, 1)],
    ['beyond what a number holds, added', () => sumFen([Number.MAX_SAFE_INTEGER, 1])],
    ['below nothing, added', () => sumFen([1, -2])],
    ['in parts, added', () => sumFen([0.1, 0.2])],
  ])('%s are refused', (_what, reckon) => {
    expect(reckon).toThrow(RangeError)
  })
})

describe('a cursor', () => {
  const instant = fc.date({ min: new Date(0), max: new Date('2090-01-01'), noInvalidDate: true })

  test('comes back as the place it was', () => {
    fc.assert(
      fc.property(instant, fc.oneof(base32(13), base32(32)), (at, number) => {
        const cursor = writeCursor(at, number)
        expect(cursor).toMatch(/^[A-Za-z0-9_-]{1,100}$/)
        expect(readCursor(cursor)).toEqual({ at, number })
      }),
    )
  })

  test('that nobody wrote is refused as bad input, and never as anything else', () => {
    const refusal = (cursor: string) => {
      try {
        readCursor(cursor)
      } catch (error) {
        return error
      }
      return null
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
        expect(refusal(text)).toBeInstanceOf(KindError)
      }),
    )
    for (const text of [
      '1 0123456789ABC\n',
      '-1 0123456789ABC',
      '1e5 0123456789ABC',
      `${'9'.repeat(16)} 0123456789ABC`,
    ])
      expect(refusal(Buffer.from(text).toString('base64url'))).toMatchObject({ kind: 'InvalidInput' })
  })
})

describe('what the bill says', () => {
  const line = (name: string, quantity: number) => ({ name, quantity })
  test.each([
    ['one thing', [line('明前龙井', 1)], '明前龙井'],
    ['one thing twice', [line('明前龙井', 2)], '明前龙井 等 2 件'],
    ['several things', [line('明前龙井', 1), line('陈年普洱', 3)], '明前龙井 等 4 件'],
  ])('of %s', (_what, lines, text) => {
    expect(describeLines(lines)).toBe(text)
  })
})
