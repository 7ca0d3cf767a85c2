import type { Request, Response } from 'express'

/**
 * The cookies of one entry: each entry has its own, since one WeChat shares its cookies between web-views and
 * official-account pages. Under https their names have the prefix __Host-, which a browser takes from this very host
 * alone, so that no page of a sister domain can plant one; it requires the path "/", and the name keeps entries apart.
 * Without https, on a developer's machine, no prefix works, and the path keeps them apart as well.
 */
export type CookieKind = 'session' | 'pre-session'

const plainName = (kind: CookieKind, entryCode: string) =>
  kind === 'session' ? `qf_${entryCode}` : `qf_pre_${entryCode}`

/** Whether cookies have the prefix here. */
export const hasPrefix = (publicUrl: string): boolean => publicUrl.startsWith('https:')

const whereOf = (entryCode: string, isPrefixed: boolean) =>
  ({
    httpOnly: true,
    sameSite: 'lax',
    secure: isPrefixed,
    path: isPrefixed ? '/' : `/api/${entryCode}`,
  }) as const

const nameOf = (kind: CookieKind, entryCode: string, isPrefixed: boolean) =>
  `${isPrefixed ? '__Host-' : ''}${plainName(kind, entryCode)}`

/** What the session of an entry is called here. */
export const sessionCookie = (entryCode: string, publicUrl: string) =>
  nameOf('session', entryCode, hasPrefix(publicUrl))

/** What a browser brings under one of the two names. */
export interface CookieValue {
  value: string
  isPrefixed: boolean
}

/**
 * The cookies of this kind that a browser brings, the believed one first. Under https the name without the prefix is from
 * a server before 0018: it is believed only for what such a server wrote (`is_prefixed` false), and can go a year after
 * the last of those, when the longest of their sessions have ended.
 */
export function readCookies(
  req: Request,
  kind: CookieKind,
  entryCode: string,
  publicUrl: string,
): CookieValue[] {
  const names = hasPrefix(publicUrl) ? [true, false] : [false]
  return names.flatMap((isPrefixed) => {
    const value = readCookie(req, nameOf(kind, entryCode, isPrefixed))
    return value === undefined ? [] : [{ value, isPrefixed }]
  })
}

/** The pre-session that a browser brings, whatever it is worth; for counting alone. */
export const preSessionOf = (req: Request, entryCode: string): string | undefined =>
  readCookie(req, nameOf('pre-session', entryCode, true)) ??
  readCookie(req, nameOf('pre-session', entryCode, false))

/** One cookie of a request, or undefined. */
function readCookie(req: Request, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}

/** Sets a cookie that scripts cannot read and that other sites' posts do not carry. */
export function setCookie(
  res: Response,
  cookie: {
    kind: CookieKind
    entryCode: string
    value: string
    publicUrl: string
    /** Undefined: it ends with the browser. */
    maxAgeMs: number | undefined
  },
): void {
  const isPrefixed = hasPrefix(cookie.publicUrl)
  res.cookie(nameOf(cookie.kind, cookie.entryCode, isPrefixed), cookie.value, {
    ...whereOf(cookie.entryCode, isPrefixed),
    ...(cookie.maxAgeMs === undefined ? {} : { maxAge: cookie.maxAgeMs }),
  })
}

/**
 * Has the browser forget this entry's session and pre-session, under both names. A pre-session that is left would let the
 * callback of the sign-in before, which is answered again for a minute (`oauthRepeatMs`), sign in once more.
 */
export function clearCookies(res: Response, entryCode: string, publicUrl: string): void {
  for (const kind of ['session', 'pre-session'] as const)
    for (const isPrefixed of hasPrefix(publicUrl) ? [true, false] : [false])
      res.clearCookie(nameOf(kind, entryCode, isPrefixed), whereOf(entryCode, isPrefixed))
}
