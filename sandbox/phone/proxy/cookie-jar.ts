/** One cookie as a browser keeps it (RFC 6265 section 5.3). Ports do not separate cookies, so none is kept. */
interface Cookie {
  name: string
  value: string
  host: string
  /** Without Domain= only the very host gets it back. */
  hostOnly: boolean
  path: string
  /** Milliseconds since 1970; Infinity until the phone is closed. */
  expiresAt: number
}

/** The cookies of one person's phone. They live here and never in the visitor's browser. */
export interface CookieJar {
  /** Takes one Set-Cookie line that came from `url`. A malformed or foreign one is dropped, as browsers do. */
  store(url: URL, setCookie: string): void
  /** @returns the Cookie header for a request to `url`, or undefined when there is nothing to send. */
  header(url: URL): string | undefined
  clear(): void
}

/** @param nowMs machine time: cookies belong to the browser, not to the sandbox's business clock */
export function createCookieJar(nowMs: () => number = Date.now): CookieJar {
  let cookies: Cookie[] = []
  return {
    store(url, setCookie) {
      const cookie = parseSetCookie(url, setCookie, nowMs())
      if (cookie === null) return
      cookies = cookies.filter(
        (kept) => !(kept.name === cookie.name && kept.host === cookie.host && kept.path === cookie.path),
      )
      if (cookie.expiresAt > nowMs()) cookies.push(cookie)
    },
    header(url) {
      cookies = cookies.filter((cookie) => cookie.expiresAt > nowMs())
      const matching = cookies.filter((cookie) => isFor(cookie, url))
      // Longer paths first (RFC 6265 section 5.4): servers take the first of two cookies with one name.
      matching.sort((one, other) => other.path.length - one.path.length)
      return matching.length === 0
        ? undefined
        : matching.map(({ name, value }) => `${name}=${value}`).join('; ')
    },
    clear() {
      cookies = []
    },
  }
}

function isFor(cookie: Cookie, url: URL): boolean {
  // Browsers send Secure cookies to this machine over plain http too; a phone only ever reaches this machine so.
  const hostMatches = cookie.hostOnly
    ? url.hostname === cookie.host
    : url.hostname === cookie.host || url.hostname.endsWith(`.${cookie.host}`)
  const pathMatches =
    url.pathname === cookie.path ||
    url.pathname.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`)
  return hostMatches && pathMatches
}

function parseSetCookie(url: URL, line: string, nowMs: number): Cookie | null {
  const [pair = '', ...attributes] = line.split(';')
  const equals = pair.indexOf('=')
  if (equals < 1) return null
  const cookie: Cookie = {
    name: pair.slice(0, equals).trim(),
    value: pair.slice(equals + 1).trim(),
    host: url.hostname,
    hostOnly: true,
    path: defaultPath(url.pathname),
    expiresAt: Infinity,
  }
  let maxAge: number | undefined
  for (const attribute of attributes) {
    const [key = '', value = ''] = attribute.split(/=(.*)/s, 2).map((part) => part.trim())
    if (/^path$/i.test(key) && value.startsWith('/')) cookie.path = value
    else if (/^max-age$/i.test(key) && /^-?\d+$/.test(value)) maxAge = nowMs + Number(value) * 1000
    else if (/^expires$/i.test(key) && !Number.isNaN(Date.parse(value))) cookie.expiresAt = Date.parse(value)
    else if (/^domain$/i.test(key) && value !== '') {
      const domain = value.replace(/^\./, '').toLowerCase()
      if (url.hostname !== domain && !url.hostname.endsWith(`.${domain}`)) return null
      cookie.host = domain
      cookie.hostOnly = false
    }
  }
  // Max-Age wins over Expires (RFC 6265 section 5.3 step 3).
  if (maxAge !== undefined) cookie.expiresAt = maxAge
  return cookie
}

function defaultPath(pathname: string): string {
  const lastSlash = pathname.lastIndexOf('/')
  return lastSlash <= 0 ? '/' : pathname.slice(0, lastSlash)
}
