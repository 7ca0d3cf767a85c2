import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { returnPath } from '../../server/http/return-path.ts'

const shop = 'https://shop.example.com'

describe('where to go after signing in', () => {
  test.each([
    '/',
    '/orders',
    '/orders/0123456789ABC/result',
    '/orders?state=paid&x=%E8%8C%B6',
    '/me#top',
    '/a/../orders',
    '/@x',
  ])('%s is kept', (wanted) => {
    const path = returnPath(wanted, shop)
    expect(new URL(path, shop).href).toBe(new URL(wanted, shop).href)
  })

  const evil = 'evil.example'
  const elsewhere = [
    ...[
      '//',
      '///',
      '/\\',
      '\\\\',
      '\\/',
      '/\t/',
      '/\n/',
      '/\r/',
      '\t//',
      ' //',
      '/ /',
      '/.//',
      '/..//',
      '/%2e//',
      '/a/..//',
      '/%2e%2e//',
    ].map((start) => start + evil),
    ...[
      'https:',
      'https:/',
      'https://',
      'HTTPS://',
      'http://',
      'ftp://',
      'javascript:',
      'data:',
      'weixin://',
    ].map((start) => start + evil),
    ...['@', '.', ':80@', ':x@'].map((start) => start + evil),
    '/／evil.example',
    '/。evil.example',
    '/%0d%0aLocation:https://evil.example'.replaceAll('%0d%0a', '\r\n'),
    '/\u0000',
    '/\u2028',
    '/API/01/oauth/start?to=/',
    '/Api/01/oauth/start',
    '/ENTER',
    'orders',
    '?a=1',
    '#a',
    '',
    `/${'a'.repeat(1_024)}`,
  ]
  test.each(elsewhere)('%j becomes the first page', (wanted) => {
    expect(returnPath(wanted, shop)).toBe('/')
  })

  test.each([undefined, null, 7, {}, ['/orders'], { toString: () => '/orders' }])(
    '%j is no path',
    (wanted) => {
      expect(returnPath(wanted, shop)).toBe('/')
    },
  )

  test('is always a path of our own, as every browser reads it and as a header takes it', () => {
    const sly = fc
      .array(
        fc.constantFrom(
          '/',
          '\\',
          '.',
          '..',
          '\t',
          '\n',
          '\r',
          '%2f',
          '%5c',
          '%09',
          '@',
          ':',
          '?',
          '#',
          'evil.example',
          'https:',
        ),
        {
          maxLength: 8,
        },
      )
      .map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(
        fc.oneof(
          sly,
          sly.map((text) => `/${text}`),
          fc.webUrl(),
          fc.string(),
        ),
        (wanted) => {
          const path = returnPath(wanted, shop)
          expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/)
          expect(new URL(path, shop).origin).toBe(shop)
          expect(returnPath(path, shop)).toBe(path)
        },
      ),
      { numRuns: 3_000 },
    )
  })
})
