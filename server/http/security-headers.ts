import type { RequestHandler } from 'express'
import helmet from 'helmet'
import type { ContentSecurityAdditions } from '../config/content-security.ts'

/** What the pages need of others: WeChat's JS-SDK, H5 pay's page, and the frames by which older bridges call native code. */
const ours: Record<string, string[]> = {
  'default-src': ["'self'"],
  'script-src': ["'self'", 'https://res.wx.qq.com'],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'https:'],
  'connect-src': ["'self'"],
  'frame-src': ['weixin:'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'", 'https://wx.tenpay.com'],
  'frame-ancestors': ["'none'"],
}

/** helmet's defaults, but for what WeChat needs (H5 pay reads the Referer) and what the configuration adds. */
export function securityHeaders(publicUrl: string, additions: ContentSecurityAdditions): RequestHandler {
  const directives = { ...ours }
  for (const [name, sources] of Object.entries(additions))
    // A directive of its own takes the place of default-src: our own origin stays allowed.
    directives[name] = [...(directives[name] ?? ["'self'"]), ...sources]
  return helmet({
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    frameguard: { action: 'deny' },
    // The native pages of a mini-program show the same pictures from beside this origin.
    crossOriginResourcePolicy: { policy: 'same-site' },
    strictTransportSecurity: publicUrl.startsWith('https:'),
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...directives,
        ...(publicUrl.startsWith('https:') ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
  })
}
