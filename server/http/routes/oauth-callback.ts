import { z } from 'zod'
import { finishOauth, returnPathOf } from '../../identity/oauth.ts'
import { isKind, KindError } from '../../shared/errors.ts'
import { readCookies } from '../cookies.ts'
import { callbackMisses, oauthOfBrowser } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { readWebSession, signInWeb } from '../web-session.ts'

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
    const browser = { services, entry, req, res }
    const preSession = readCookies(req, 'pre-session', entry.code, services.publicUrl)[0] ?? {
      value: '',
      isPrefixed: false,
    }
    const callback = { ...query, preSession }
    try {
      const who = await finishOauth(services, entry, callback)
      await signInWeb(browser, who)
      res.redirect(who.returnPath)
    } catch (error) {
      if (!(error instanceof KindError)) throw error
      const returnPath = await returnPathOf(services, entry, callback)
      // Back to a callback that is over, or WeChat does not answer: a live session goes on. The cashier still asks
      // WeChat who pays.
      const mayGoOn = !isKind(error, 'NotAllowed') && (await readWebSession(browser)) !== undefined
      if (mayGoOn) return res.redirect(returnPath)
      error.retryPath = `/api/${entry.code}/oauth/start?to=${encodeURIComponent(returnPath)}`
      throw error
    }
  },
})
