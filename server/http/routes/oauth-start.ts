import { z } from 'zod'
import { limits } from '../../config/limits.ts'
import { beginOauth } from '../../identity/oauth.ts'
import { KindError } from '../../shared/errors.ts'
import { preSessionCookie, readCookie, setCookie } from '../cookies.ts'
import { returnPath } from '../return-path.ts'
import { oauthOfBrowser, oauthOfNetwork } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'

const preSessionShape = /^[A-Za-z0-9_-]{43}$/

export const oauthStart = defineRoute({
  method: 'get',
  path: '/oauth/start',
  summary: 'Send the browser to WeChat’s page to learn who it is',
  caller: 'nobody',
  isPage: true,
  limits: [oauthOfBrowser, oauthOfNetwork],
  query: z.object({ to: z.string().optional() }),
  handle: async ({ services, entry, query, req, res }) => {
    if (entry.kind !== 'official-account')
      throw new KindError('NotFound', '这个入口不能网页登录，请从小程序进入。')
    const { location, preSession } = await beginOauth(
      services,
      entry,
      returnPath(query.to, services.publicUrl),
      readCookie(req, preSessionCookie(entry.code))?.match(preSessionShape)?.[0],
    )
    setCookie(res, {
      name: preSessionCookie(entry.code),
      value: preSession,
      entryCode: entry.code,
      maxAgeMs: limits.oauthStateLifetimeMs,
      publicUrl: services.publicUrl,
    })
    res.redirect(location)
  },
})
