import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { contentSecuritySchema } from '../../server/config/content-security.ts'
import { securityHeaders } from '../../server/http/security-headers.ts'

const faultsOf = (additions: Record<string, string[]>) =>
  contentSecuritySchema.safeParse(additions).error?.issues ?? []

describe('additions to the content security policy', () => {
  test.each([
    ['connect-src', 'https://stat.example.com'],
    ['connect-src', 'wss://chat.example.com:8443'],
    ['script-src', 'https://*.example.com/sdk/'],
    ['script-src', `'sha256-${'A'.repeat(43)}='`],
    ['frame-src', 'alipays:'],
    ['img-src', 'blob:'],
    ['connect-src', 'https://Stat.Example.com'],
  ])('%s %s is taken', (directive, source) => {
    expect(faultsOf({ [directive]: [source] })).toEqual([])
  })

  test.each([
    ['script-src', '*'],
    ['script-src', 'https:'],
    ['script-src', "'unsafe-inline'"],
    ['script-src', 'javascript:'],
    ['script-src', 'data:'],
    ['style-src', 'data:'],
    ['worker-src', 'data:'],
    ['frame-src', 'data:'],
    ['form-action', 'data:'],
    ['script-src', 'blob:'],
    ['style-src', 'weixin:'],
    ['script-src', 'filesystem:'],
    ['connect-src', 'https://stat.example.com:99999'],
    ['script-src', 'http://example.com'],
    ['script-src', 'https://example.com; frame-ancestors *'],
    ['script-src', 'https://*'],
    ['frame-ancestors', 'https://example.com'],
    ['default-src', 'https://example.com'],
  ])('%s %s is refused', (directive, source) => {
    const faults = faultsOf({ [directive]: [source] })
    expect(faults).toHaveLength(1)
  })

  test('stand beside what the pages need themselves', async () => {
    const handle = securityHeaders('https://shop.example.com', {
      'script-src': ['https://stat.example.com'],
      'frame-src': ['alipays:'],
      'media-src': ['https://video.example.com'],
    })
    const server = createServer((req, res) => handle(req as never, res as never, () => res.end()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { headers } = await fetch(`http://127.0.0.1:${port}/`)
    server.close()
    const policy = headers.get('content-security-policy')?.split(';')
    expect(policy).toContain("script-src 'self' https://res.wx.qq.com https://stat.example.com")
    expect(policy).toContain('frame-src weixin: alipays:')
    expect(policy).toContain("media-src 'self' https://video.example.com")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain('upgrade-insecure-requests')
  })
})
