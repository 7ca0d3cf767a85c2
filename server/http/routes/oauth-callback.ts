import { z } from 'zod'
import { finishOauth } from '../../identity/oauth.ts'
import { openSession } from '../../identity/sessions.ts'
import { KindError } from '../../shared/errors.ts'
import { preSessionCookie, readCookie, setSessionCookie } from '../cookies.ts'
import { oauthOfBrowser, callbackMisses } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'

export const oauthCallback = defineRoute({
  method: 'get',
  path: '/oauth/callback',
  summary: 'WeChat sends the browser back here with a code and a state',
  caller: 'nobody',
  isPage: true,
  limits: [oauthOfBrowser, callbackMisses],
  query: z.object({
    code: z.string().regex(/^[0-9A-Za-z_-]{1,128}$/),
    state: z.string().regex(/^[0-9a-f]{40}$/),
  }),
  handle: async ({ services, entry, query, req, res }) => {
    const preSession = readCookie(req, preSessionCookie(entry.code))
    if (!preSession) throw new KindError('NotSignedIn', '登录已失效，请重新打开页面。')
    const who = await finishOauth(services, entry, { ...query, preSession })
    const { token } = await openSession(services, who, 'web')
    setSessionCookie(res, entry.code, token, services.publicUrl)
    res.redirect(who.returnPath)
  },
})
