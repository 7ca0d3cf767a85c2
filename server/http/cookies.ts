import type { Request, Response } from 'express'
import { limits } from '../config/limits.ts'

/** Each door has its own cookie: one WeChat shares its cookies between web-views and official-account pages. */
export const sessionCookie = (entryCode: string) => `qf_${entryCode}`
export const preSessionCookie = (entryCode: string) => `qf_pre_${entryCode}`

/** One cookie of a request, or undefined. */
export function readCookie(req: Request, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}

/** Sets a cookie that scripts cannot read and that other sites' posts do not carry. */
export function setCookie(
  res: Response,
  cookie: { name: string; value: string; entryCode: string; maxAgeMs: number; publicUrl: string },
): void {
  res.cookie(cookie.name, cookie.value, {
    httpOnly: true,
    sameSite: 'lax',
    secure: cookie.publicUrl.startsWith('https:'),
    path: `/api/${cookie.entryCode}`,
    maxAge: cookie.maxAgeMs,
  })
}

export const setSessionCookie = (
  res: Response,
  entryCode: string,
  token: string,
  publicUrl: string,
  maxAgeMs: number = limits.sessionLifetimeMs,
) =>
  setCookie(res, {
    name: sessionCookie(entryCode),
    value: token,
    entryCode,
    maxAgeMs,
    publicUrl,
  })
