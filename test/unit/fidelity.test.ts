import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDescription } from '../fidelity/description.ts'
import type { Schema } from '../fidelity/description.ts'
import { differences } from '../fidelity/differences.ts'

/** The judge of `npm run fidelity`: it must see what is wrong with an answer. */
const PAID: Schema = {
  type: 'object',
  required: ['id', 'amount'],
  properties: {
    id: { type: 'string', minLength: 2, maxLength: 4, pattern: '^[a-z]+$' },
    state: { type: 'string', enum: ['SUCCESS', 'REFUND'] },
    time: { type: 'string', format: 'rfc3339' },
    sealed: { type: 'string', format: 'base64' },
    amount: { type: 'object', required: ['total'], properties: { total: { type: 'integer', minimum: 1 } } },
    parts: { type: 'array', maxItems: 1, items: { type: 'boolean' } },
  },
}
const right = { id: 'abc', amount: { total: 1 } }

test('an answer as described has no differences', () => {
  const all = { ...right, state: 'REFUND', time: '2026-01-02T03:04:05+08:00', sealed: 'YQ==', parts: [true] }
  expect(differences(PAID, all)).toEqual([])
})

test.each([
  [{ amount: undefined }, 'amount is missing'],
  [{ amount: {} }, 'amount.total is missing'],
  [{ extra: 1 }, 'extra is not described'],
  [{ amount: { total: 1, extra: 1 } }, 'amount.extra is not described'],
  [{ amount: { total: '1' } }, 'amount.total: "1" is no integer'],
  [{ amount: { total: 1.5 } }, 'amount.total: 1.5 is no integer'],
  [{ amount: { total: 0 } }, 'amount.total: 0 is not within 1 and Infinity'],
  [{ amount: [] }, 'amount is no object'],
  [{ id: 1 }, 'id: 1 is no string'],
  [{ id: 'a' }, 'id: "a" has 1 characters, not 2 to 4'],
  [{ id: 'abcde' }, 'id: "abcde" has 5 characters, not 2 to 4'],
  [{ id: 'AB' }, 'id: "AB" does not match ^[a-z]+$'],
  [{ state: 'CLOSED' }, 'state: "CLOSED" is none of SUCCESS, REFUND'],
  [{ time: '2026-01-02 03:04:05' }, 'time: "2026-01-02 03:04:05" is no rfc3339'],
  [{ sealed: '!' }, 'sealed: "!" is no base64'],
  [{ parts: {} }, 'parts is no list'],
  [{ parts: [1] }, 'parts[0]: 1 is no boolean'],
  [{ parts: [true, true] }, 'parts has 2 elements, not 0 to 1'],
])('%j is told as: %s', (changes, difference) => {
  expect(differences(PAID, { ...right, ...changes })).toEqual([difference])
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fidelity-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function described(responses: object, components: object = {}) {
  const file = join(folder, 'description.json')
  writeFileSync(file, JSON.stringify({ paths: { '/v3/x/{id}': { get: { responses } } }, components }))
  return readDescription(file)
}

test('descriptions of OpenAPI 2 and 3, with references and allOf, say the same', () => {
  const part: Schema = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } }
  const two = described({ 200: { schema: { allOf: [part, { properties: { n: { type: 'integer' } } }] } } })
  const schema = { $ref: '#/components/schemas/Part' }
  const three = described(
    { 200: { content: { 'application/json': { schema } } } },
    { schemas: { Part: part } },
  )
  expect(differences(two.answerOf('GET', '/v3/x/{number}', 200) as Schema, { n: '1' })).toEqual([
    'id is missing',
    'n: "1" is no integer',
  ])
  expect(differences(three.answerOf('GET', '/v3/x/{id}', 200) as Schema, {})).toEqual(['id is missing'])
})

test('an answer without a body, one that is not described, and an unknown address are told apart', () => {
  const description = described({ 204: {} })
  expect(description.answerOf('GET', '/v3/x/{id}', 204)).toBeNull()
  expect(description.answerOf('GET', '/v3/x/{id}', 200)).toBe('status')
  expect(description.answerOf('POST', '/v3/x/{id}', 204)).toBe('address')
})

test('a file that is no description says so', () => {
  writeFileSync(join(folder, 'wrong.json'), '{}')
  expect(() => readDescription(join(folder, 'wrong.json'))).toThrow('has no "paths"')
  expect(() => readDescription(join(folder, 'missing.json'))).toThrow('not readable')
})
