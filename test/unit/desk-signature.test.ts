import { describe, expect, test } from 'vitest'
import { adviceOn } from '../../sandbox/desk/browser/signature/advice.ts'
import {
  byteInWords,
  firstDifference,
  ownPart,
  splitLines,
} from '../../sandbox/desk/browser/signature/differences.ts'
import type { SignatureFinding } from '../../sandbox/gateway/signature-finding.ts'

describe('a signed text in lines', () => {
  test('shows how each line ends, and an empty body as a line of its own', () => {
    expect(splitLines('GET\n/v3\n\n')).toEqual([
      { text: 'GET', end: '\n' },
      { text: '/v3', end: '\n' },
      { text: '', end: '\n' },
    ])
  })

  test('tells a line that nothing ends, and the ends of Windows', () => {
    expect(splitLines('a\r\nb')).toEqual([
      { text: 'a', end: '\r\n' },
      { text: 'b', end: '' },
    ])
    expect(splitLines('')).toEqual([{ text: '', end: '' }])
  })
})

describe('the first difference', () => {
  test('is nowhere between equal texts', () => {
    expect(firstDifference('茶\n', '茶\n')).toBeNull()
  })

  test('is counted in bytes, by line and in the whole', () => {
    expect(firstDifference('GET\n碧x\n', 'GET\n碧y\n')).toEqual({
      byte: 7,
      line: 2,
      column: 4,
      expected: 0x78,
      signed: 0x79,
    })
  })

  test('is where one text ends before the other', () => {
    expect(firstDifference('a\n', 'a')).toMatchObject({ byte: 1, expected: 0x0a, signed: null })
    expect(firstDifference('a', 'a\n')).toMatchObject({ byte: 1, expected: null, signed: 0x0a })
  })

  test('names a byte that one does not see', () => {
    expect([0x0a, 0x0d, 0x20, 0x61, 0xe7].map(byteInWords)).toEqual([
      '0x0a ↵',
      '0x0d ␍',
      '0x20',
      '0x61 a',
      '0xe7',
    ])
  })
})

test('what is its own in a line stands between what it shares, and nothing is counted twice', () => {
  expect(ownPart('/v3/x?mchid=1', '/v3/x')).toEqual(['/v3/x', '?mchid=1', ''])
  expect(ownPart('/v3/x', '/v3/x?mchid=1')).toEqual(['/v3/x', '', ''])
  expect(ownPart('aa', 'aaa')).toEqual(['aa', '', ''])
  expect(ownPart('same', 'same')).toEqual(['same', '', ''])
})

describe('the advice', () => {
  const finding: SignatureFinding = {
    fault: 'none',
    items: {},
    missing: [],
    skewSeconds: 0,
    registeredSerial: 'ABC',
    belongsTo: null,
    expected: null,
    signed: null,
    slips: [],
    expectedDigest: null,
    signedDigest: null,
  }
  const advise = (given: Partial<SignatureFinding>) => adviceOn({ ...finding, ...given }).join(' ')

  test('says a sentence to each slip', () => {
    const slips = ['url-without-query', 'no-last-line-feed'] as const
    const told = adviceOn({ ...finding, fault: 'other-text', signed: 'x', slips: [...slips] })
    expect(told).toHaveLength(3)
    expect(told.join()).toContain('查询串')
  })

  test.each([
    [{ fault: 'other-text' }, '不是常见的写错'],
    [{ fault: 'clock-skew', skewSeconds: -3_600 }, '慢 1 小时'],
    [{ fault: 'clock-skew', skewSeconds: 400 }, '快 6 分钟'],
    [{ fault: 'malformed-header', items: { timestamp: '1700000000000' } }, '毫秒'],
    [{ fault: 'malformed-header', missing: ['nonce_str'] }, 'nonce_str'],
    [{ fault: 'malformed-header' }, '空格'],
    [{ fault: 'wrong-serial', belongsTo: 'wechat' }, '微信的序列号'],
    [{ fault: 'wrong-serial', belongsTo: '1900000002' }, '1900000002'],
    [{ fault: 'wrong-serial' }, 'ABC'],
    [{ fault: 'other-key', belongsTo: '1900000002' }, '1900000002'],
    [{ fault: 'other-key' }, 'PSS'],
    [{ fault: 'unknown-mchid', items: { mchid: '1' } }, '没有商户 1'],
    [{ fault: 'other-digest' }, 'SHA256withRSA'],
    [{ fault: 'no-header' }, 'Authorization'],
    [{ fault: 'body-not-kept' }, '无法比较'],
  ] as [Partial<SignatureFinding>, string][])('on %j says what to do', (given, words) => {
    expect(advise(given)).toContain(words)
  })
})
