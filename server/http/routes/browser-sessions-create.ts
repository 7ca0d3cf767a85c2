import { openBrowserAccount } from '../../identity/browser-account.ts'
import { readMe } from '../../identity/read-me.ts'
import { shareSession } from '../../identity/sessions.ts'
import { KindError } from '../../shared/errors.ts'
import { hasPrefix } from '../cookies.ts'
import { newBrowsers, newBrowsersOfSite } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { browserSessionRequestSchema, meSchema } from '../schemas/session.ts'
import { readWebSession, setSessionCookie, type Browser } from '../web-session.ts'

export const browserSessionsCreate = defineRoute({
  method: 'post',
  path: '/browser-sessions',
  summary:
    'An anonymous account for this browser, where nobody signs in; sets the cookie of this entry, for a shared computer one that ends with the browser',
  caller: 'nobody',
  limits: [newBrowsers, newBrowsersOfSite],
  body: browserSessionRequestSchema,
  answer: meSchema,
  handle: async ({ services, entry, body, req, res }) => {
    if (entry.kind === 'official-account' || entry.kind === 'mini-program')
      throw new KindError('NotFound', '这个入口要用微信登录，请从公众号或小程序进入。')
    const browser: Browser = { services, entry, req, res }
    const { isShared = false } = body
    const known = await readWebSession(browser)
    const isToBeShared = isShared && known?.is_shared === false
    if (known && !isToBeShared) return readMe(services.db, entry, known)
    if (!known)
      for (const limit of [newBrowsers, newBrowsersOfSite])
        await services.limiter.count(limit, { req, session: undefined })
    const { token, session } = known
      ? await shareSession(services, entry, known)
      : await openBrowserAccount(services, entry, { isShared, isPrefixed: hasPrefix(services.publicUrl) })
    setSessionCookie(browser, token, session)
    return readMe(services.db, entry, session)
  },
})
