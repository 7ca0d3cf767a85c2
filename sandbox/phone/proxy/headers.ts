import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { toPhonePath, toUpstream } from '../address.ts'
import type { Phone } from '../phones.ts'
import { userAgentOf } from '../profiles.ts'

/** Headers of one connection only (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The visitor's browser must not shine through the phone, nor may a page say who it is. */
const NEVER_SENT = /^(?:cookie|host|x-sandbox-user|forwarded|x-forwarded-.*|sec-ch-.*|dnt|accept-encoding)$/

/** What would keep the copy out of the phone; the cookies stay on this side. */
const NEVER_RETURNED = new Set([
  'set-cookie',
  'x-frame-options',
  'strict-transport-security',
  'cross-origin-resource-policy',
])

/** One exchange between a phone and an upstream. */
export interface Exchange {
  phone: Phone
  /** e.g. http://a.localhost:4010 */
  phoneOrigin: string
  homeOrigin: string | undefined
  upstream: URL
}

/** @returns the headers a real phone would have sent to the upstream. */
export function toUpstreamHeaders(exchange: Exchange, received: IncomingHttpHeaders): OutgoingHttpHeaders {
  const { phone, upstream } = exchange
  const sent: OutgoingHttpHeaders = {}
  const dropped = connectionHeaders(received)
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined && !dropped.has(name) && !NEVER_SENT.test(name)) sent[name] = value
  }
  sent.host = upstream.host
  sent['user-agent'] = userAgentOf(phone.profile, phone.language, phone.miniProgramAppid)
  sent['accept-language'] = acceptLanguage(phone)
  sent['x-forwarded-for'] = phone.ipAddress
  // Bodies are read for their <head>; asking for them plain spares a decoder.
  sent['accept-encoding'] = 'identity'
  const cookie = phone.cookies.header(upstream)
  if (cookie !== undefined) sent.cookie = cookie
  if (sent.origin !== undefined && sent.origin !== 'null')
    sent.origin = upstreamOfPage(exchange, received).origin
  const referer = received.referer === undefined ? null : refererUpstream(exchange, received.referer)
  if (referer === null) delete sent.referer
  else sent.referer = referer
  sailAsTopLevel(sent, referer)
  return sent
}

/** The page believes it is a window of its own, and so must the server. */
function sailAsTopLevel(sent: OutgoingHttpHeaders, referer: string | null): void {
  if (sent['sec-fetch-dest'] === 'iframe') {
    sent['sec-fetch-dest'] = 'document'
    if (referer === null) sent['sec-fetch-site'] = 'none'
  }
  // Pages and style sheets are rewritten for this phone: an answer "unchanged" would bring back another one's copy.
  if (sent['sec-fetch-dest'] !== 'document' && sent['sec-fetch-dest'] !== 'style') return
  delete sent['if-none-match']
  delete sent['if-modified-since']
}

function upstreamOfPage(exchange: Exchange, received: IncomingHttpHeaders): URL {
  const referer = received.referer === undefined ? null : refererUpstream(exchange, received.referer)
  return referer === null ? exchange.upstream : new URL(referer)
}

/** @returns the Referer as the upstream knows it, or null when the page before was not in this phone. */
function refererUpstream(exchange: Exchange, referer: string): string | null {
  const { phoneOrigin, homeOrigin } = exchange
  if (referer !== phoneOrigin && !referer.startsWith(`${phoneOrigin}/`)) return null
  const page = toUpstream(referer.slice(phoneOrigin.length) || '/', homeOrigin)
  if (page === null) return null
  // strict-origin-when-cross-origin, which the browser could not apply: to it both pages have one origin.
  return page.origin === exchange.upstream.origin ? page.href : `${page.origin}/`
}

/** @returns the headers for the page in the frame; the cookies have gone into the phone's jar. */
export function toPageHeaders(exchange: Exchange, answered: IncomingHttpHeaders): OutgoingHttpHeaders {
  const { phone, upstream, phoneOrigin, homeOrigin } = exchange
  for (const line of answered['set-cookie'] ?? []) phone.cookies.store(upstream, line)
  const returned: OutgoingHttpHeaders = {}
  const dropped = connectionHeaders(answered)
  for (const [name, value] of Object.entries(answered)) {
    if (value !== undefined && !dropped.has(name) && !NEVER_RETURNED.has(name)) returned[name] = value
  }
  if (answered.location !== undefined) {
    const target = URL.parse(answered.location, upstream.href)
    const leavesHttp = target === null || !/^https?:$/.test(target.protocol)
    if (!leavesHttp) returned.location = phoneOrigin + toPhonePath(target, homeOrigin)
  }
  return returned
}

function connectionHeaders(headers: IncomingHttpHeaders): Set<string> {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  return new Set([...HOP_BY_HOP, ...named])
}

/** What a browser on the phone says of its language. */
export const acceptLanguage = ({ language }: Pick<Phone, 'language'>): string =>
  language === 'en' ? 'en-US,en;q=0.9' : 'zh-CN,zh-Hans;q=0.9'
