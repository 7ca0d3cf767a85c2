import { z } from 'zod'
import { limits } from '../../config/limits.ts'
import { beginOauth } from '../../identity/oauth.ts'
import { KindError } from '../../shared/errors.ts'
import { hasPrefix, readCookies, setCookie } from '../cookies.ts'
import { returnPath } from '../return-path.ts'
import { oauthOfBrowser, oauthOfNetwork, oauthOfSite } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'

export const oauthStart = defineRoute({
  method: 'get',
  path: '/oauth/start',
  summary: 'Send the browser to WeChat’s page to learn who it is',
  caller: 'nobody',
  isPage: true,
  limits: [oauthOfBrowser, oauthOfNetwork, oauthOfSite],
  query: z.object({ to: z.string().optional() }),
  handle: async ({ services, entry, query, req, res }) => {
    if (entry.kind !== 'official-account')
      throw new KindError('NotFound', '这个入口不能网页登录，请从小程序进入。')
    const { publicUrl } = services
    const isPrefixed = hasPrefix(publicUrl)
    const known = readCookies(req, 'pre-session', entry.code, publicUrl).find(
      (cookie) => cookie.isPrefixed === isPrefixed,
    )
    const { location, preSession } = await beginOauth(services, entry, returnPath(query.to, publicUrl), {
      known: known?.value,
      isPrefixed,
    })
    const maxAgeMs = limits.oauthStateLifetimeMs
    setCookie(res, { kind: 'pre-session', entryCode: entry.code, value: preSession, publicUrl, maxAgeMs })
    res.redirect(location)
  },
})
