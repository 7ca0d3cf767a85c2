import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Request, RequestHandler } from 'express'
import { isLoopback, phoneOfHost, phoneOrigin, toUpstream } from '../address.ts'
import { type Phone, type PhoneWorld, phonesOf } from '../phones.ts'
import { userAgentOf } from '../profiles.ts'
import { LARGE_TEXT } from './appearance.ts'
import { forward } from './forward.ts'
import { acceptLanguage } from './headers.ts'
import { showTrouble } from './trouble.ts'

/** What the phone needs of the sandbox around it. */
export interface PhoneOptions {
  /** The built phone: what buildPhone wrote. */
  phoneDir?: string | undefined
  /** The origin of the H5, e.g. http://127.0.0.1:3000 */
  h5Url?: string | undefined
  /** The sandbox's own address; known once it listens. */
  sandboxUrl: () => string
}

/** Answers every request to http://{phone}.localhost and leaves all others alone. Mount it before any body parser. */
export function createPhoneProxy(world: PhoneWorld, options: PhoneOptions): RequestHandler {
  const phones = phonesOf(world)
  const homeOrigin = options.h5Url === undefined ? undefined : new URL(options.h5Url).origin
  const bridgeSource = readOnce(options.phoneDir)
  return async (req, res, next) => {
    const name = phoneOfHost(req.headers.host)
    if (name === null) return next()
    const phone = phones.find(name)
    if (phone === undefined) return showTrouble(res, 'switched-off')
    // What the proxy itself answers is in the phone's language, not in that of the browser around it.
    req.headers['accept-language'] = acceptLanguage(phone)
    if (isFromAnotherSite(req, phone)) return showTrouble(res, 'other-site')
    const upstream = toUpstream(req.url, homeOrigin)
    if (upstream === null) return showTrouble(res, homeOrigin === undefined ? 'no-home' : 'not-allowed')
    if (!isLoopback(upstream.hostname)) return showTrouble(res, 'not-allowed', upstream)
    if (isControlPlane(upstream, options)) return showTrouble(res, 'control-plane')
    const origin = phoneOrigin(name, options.sandboxUrl())
    const bridge = `window.__phone=${describe(phone, homeOrigin)};${await bridgeSource()}`
    forward(
      { phone, phoneOrigin: origin, homeOrigin, upstream },
      bridge,
      userFor(upstream, phone, options),
      req,
      res,
    )
  }
}

/** Keys, purses and the clock: no page has business there. Express matches paths in any case. */
function isControlPlane({ port, pathname }: URL, options: PhoneOptions): boolean {
  return port === new URL(options.sandboxUrl()).port && /^\/_sandbox(?:\/|$)/i.test(pathname)
}

/**
 * The person is named to the sandbox's own pages only, where WeChat or Alipay knows who holds the phone: any other server
 * must find out by code.
 */
function userFor(upstream: URL, phone: Phone, options: PhoneOptions): string | null {
  const isOurs = upstream.origin === new URL(options.sandboxUrl()).origin
  const isPersonal = /^\/(connect\/oauth2\/authorize$|alipay\/cashier\/)/.test(upstream.pathname)
  return isOurs && isPersonal ? phone.user : null
}

/**
 * The proxy adds a person's cookies to whatever it is asked, so a page elsewhere in the visitor's browser must not
 * be able to ask. The page that draws the phone opens its frames and shows pictures of its native pages.
 */
function isFromAnotherSite(req: Request, phone: Phone): boolean {
  const site = req.headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return false
  const isShown = req.method === 'GET' && /^(?:iframe|image)$/.test(String(req.headers['sec-fetch-dest']))
  return !isShown || URL.parse(req.headers.referer ?? '')?.origin !== phone.shellOrigin
}

/** What the bridge must know before the page's first script. ASCII, so that any charset of the page will do. */
function describe(phone: Phone, homeOrigin: string | undefined): string {
  const { profile, language, theme, font, miniProgramAppid, shellOrigin } = phone
  const description = {
    shellOrigin,
    homeOrigin: homeOrigin ?? null,
    userAgent: userAgentOf(profile, language, miniProgramAppid),
    language,
    theme,
    textScale: font === 'large' ? LARGE_TEXT : 1,
    environment: miniProgramAppid === null ? profile.client : 'miniprogram',
    bridgeDelayMs: profile.bridgeDelayMs,
    coverEvents: profile.coverEvents,
  }
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(description).replace(/[<\u0080-\uffff]/g, escape)
}

function readOnce(phoneDir: string | undefined): () => Promise<string> {
  let source: Promise<string> | undefined
  return async () => {
    if (phoneDir === undefined) return ''
    source ??= readFile(join(phoneDir, 'bridge.js'), 'latin1')
    return source.catch(() => {
      source = undefined
      return ''
    })
  }
}
