import { limits } from '../../config/limits.ts'
import { openBrowserAccount } from '../../identity/browser-account.ts'
import { readMe } from '../../identity/read-me.ts'
import { readSession } from '../../identity/sessions.ts'
import { KindError } from '../../shared/errors.ts'
import { readCookie, sessionCookie, setSessionCookie } from '../cookies.ts'
import { newBrowsers } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { emptyBody } from '../schemas/payment.ts'
import { meSchema } from '../schemas/session.ts'

export const browserSessionsCreate = defineRoute({
  method: 'post',
  path: '/browser-sessions',
  summary: 'An anonymous account for this browser, where nobody signs in; sets the cookie of this entry',
  caller: 'nobody',
  limits: [newBrowsers],
  body: emptyBody,
  answer: meSchema,
  handle: async ({ services, entry, req, res }) => {
    if (entry.kind === 'official-account' || entry.kind === 'mini-program')
      throw new KindError('NotFound', '这个入口要用微信登录，请从公众号或小程序进入。')
    const known = readCookie(req, sessionCookie(entry.code))
    const session = known && (await readSession(services, known, entry, 'web'))
    if (session) return readMe(services.db, entry, session.account_id)
    await services.limiter.count(newBrowsers, { req, session: undefined })
    const { token, accountId } = await openBrowserAccount(services, entry)
    setSessionCookie(res, entry.code, token, services.publicUrl, limits.browserSessionLifetimeMs)
    return readMe(services.db, entry, accountId)
  },
})
