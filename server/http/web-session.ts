import type { Request, Response } from 'express'
import type { EntryConfig } from '../config/load-config.ts'
import type { SignedIn } from '../identity/identity-deps.ts'
import { endSession, isStillGood, openSession, readSession } from '../identity/sessions.ts'
import type { SessionRow } from '../store/tables.ts'
import { hasPrefix, readCookies, setCookie } from './cookies.ts'
import type { Services } from './services.ts'

/** A browser at one entry. */
export interface Browser {
  services: Services
  entry: EntryConfig
  req: Request
  res: Response
}

/**
 * The live session of a browser at this entry, or undefined. One that came under the name of an earlier server is set again
 * under today's.
 */
export async function readWebSession({
  services,
  entry,
  req,
  res,
}: Browser): Promise<SessionRow | undefined> {
  const { publicUrl } = services
  for (const { value, isPrefixed } of readCookies(req, 'session', entry.code, publicUrl)) {
    const session = await readSession(services, value, entry, 'web')
    // A session that was given out under the prefix was planted when it comes without.
    if (!session || session.is_prefixed !== isPrefixed) continue
    if (!isPrefixed && hasPrefix(publicUrl)) setSessionCookie({ services, entry, res }, value, session)
    return session
  }
  return undefined
}

/** Gives a browser the cookie of a session. */
export function setSessionCookie(
  { services, entry, res }: Omit<Browser, 'req'>,
  token: string,
  { expires_at: expiresAt, is_shared: isShared }: Pick<SessionRow, 'expires_at' | 'is_shared'>,
): void {
  const leftSeconds = Math.ceil((expiresAt.getTime() - services.clock.now().getTime()) / 1000)
  setCookie(res, {
    kind: 'session',
    entryCode: entry.code,
    value: token,
    publicUrl: services.publicUrl,
    maxAgeMs: isShared ? undefined : leftSeconds * 1000,
  })
}

/**
 * Signs a browser in as this person. A live session of the same person is kept, so that other tabs go on; a live session of
 * another person ends.
 */
export async function signInWeb(browser: Browser, who: SignedIn): Promise<SessionRow> {
  const known = await readWebSession(browser)
  if (known && isStillGood(browser.services, known, who)) return known
  const isPrefixed = hasPrefix(browser.services.publicUrl)
  const { token, session } = await openSession(browser.services, who, 'web', { isPrefixed })
  setSessionCookie(browser, token, session)
  if (known) await endSession(browser.services, known)
  return session
}
