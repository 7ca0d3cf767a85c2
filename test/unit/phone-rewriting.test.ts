import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { dressCss, dressHtml } from '../../sandbox/phone/proxy/appearance.ts'
import { admitBridge } from '../../sandbox/phone/proxy/content-security.ts'

const bridge = 'install()'
const hash = `'sha256-${createHash('sha256').update(bridge).digest('base64')}'`

describe('the content policy of the copy a phone shows', () => {
  test('may be framed, and runs the bridge beside what the page allowed', () => {
    expect(admitBridge("default-src 'self'; script-src 'self'; frame-ancestors 'none'", bridge)).toBe(
      `default-src 'self'; script-src 'self' ${hash}`,
    )
  })

  test('derives script-src from default-src, and takes none away', () => {
    expect(admitBridge("default-src 'self'", bridge)).toBe(`default-src 'self'; script-src 'self' ${hash}`)
    expect(admitBridge("script-src 'none'", bridge)).toBe(`script-src ${hash}`)
  })

  test('leaves a page alone that runs inline scripts anyway: a hash would switch that off', () => {
    expect(admitBridge("script-src 'self' 'unsafe-inline'", bridge)).toBe("script-src 'self' 'unsafe-inline'")
    expect(admitBridge("script-src 'unsafe-inline' 'nonce-a'", bridge)).toBe(
      `script-src 'unsafe-inline' 'nonce-a' ${hash}`,
    )
  })

  test('does not send the copy to https, which is not there', () => {
    expect(admitBridge('upgrade-insecure-requests; img-src *', bridge)).toBe('img-src *')
  })

  test('treats each of several policies', () => {
    expect(admitBridge("script-src 'self', frame-ancestors 'none'", bridge)).toBe(`script-src 'self' ${hash}`)
  })
})

describe('the looks of the copy a phone shows', () => {
  const profile = { safeAreaBottom: 22 }
  const light = { theme: 'light', font: 'normal', profile } as const
  const dark = { ...light, theme: 'dark' } as const

  test('follow the phone’s theme, not the computer’s', () => {
    const css = '@media (prefers-color-scheme: dark) { a { color: red } } :root { color-scheme: light dark }'
    expect(dressCss(css, dark)).toBe(
      '@media (min-width:0px) { a { color: red } } :root { color-scheme: dark }',
    )
    expect(dressCss(css, light)).toBe(
      '@media (max-width:0px) { a { color: red } } :root { color-scheme: light }',
    )
  })

  test('grow with the phone’s text size', () => {
    expect(dressCss('a{font-size:10px;width:10px}', { ...light, font: 'large' })).toBe(
      'a{font-size:14px;width:10px}',
    )
    expect(dressCss('a{font-size:10px}', light)).toBe('a{font-size:10px}')
  })

  test('leave room for what the system draws over the bottom', () => {
    expect(dressCss('a{bottom:calc(4px + env(safe-area-inset-bottom, 0px))}', light)).toBe(
      'a{bottom:calc(4px + 22px)}',
    )
  })

  test('change style elements and the colour scheme of a page, and no text', () => {
    const html =
      '<meta name="color-scheme" content="light dark"><style>a{color-scheme:light dark}</style><p>color-scheme:light dark'
    expect(dressHtml(html, dark)).toBe(
      '<meta name="color-scheme" content="dark"><style>a{color-scheme:dark}</style><p>color-scheme:light dark',
    )
  })
})
