import { readMe } from '../../identity/read-me.ts'
import { endSession } from '../../identity/sessions.ts'
import { isAnothersTicket, redeemTicket } from '../../identity/web-view-ticket.ts'
import { KindError } from '../../shared/errors.ts'
import { clearCookies } from '../cookies.ts'
import { ticketMisses } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { meSchema, webSessionRequestSchema } from '../schemas/session.ts'
import { readWebSession, signInWeb } from '../web-session.ts'

export const webSessionsCreate = defineRoute({
  method: 'post',
  path: '/web-sessions',
  summary: 'Sign in a web-view with a ticket; sets the cookie of this entry',
  caller: 'nobody',
  limits: [ticketMisses],
  body: webSessionRequestSchema,
  answer: meSchema,
  handle: async ({ services, entry, body, req, res }) => {
    if (isOutsideWechat(req.get('user-agent') ?? ''))
      throw new KindError('NotAllowed', '请从微信小程序进入。', { code: 'outside-mini-program' })
    const browser = { services, entry, req, res }
    try {
      const who = await redeemTicket(services, entry, body.ticket)
      return await readMe(services.db, entry, await signInWeb(browser, who))
    } catch (error) {
      // The native side speaks for another person than this cookie: what it showed before is over.
      const session = await readWebSession(browser)
      if (session && (await isAnothersTicket(services, session, body.ticket))) {
        await endSession(services, session)
        clearCookies(res, entry.code, services.publicUrl)
      }
      throw error
    }
  },
})

/**
 * A browser that is certainly not WeChat's, nor WeCom's web-view of a mini-program: no web-view of a mini-program, so that a link with a ticket signs no visitor in
 * as the person who made it. Inside WeChat the page itself looks (h5/enter): iOS says nothing of a mini-program in its user agent.
 * https://developers.weixin.qq.com/miniprogram/dev/component/web-view.html
 */
const isOutsideWechat = (userAgent: string) =>
  userAgent.startsWith('Mozilla/') &&
  (!/MicroMessenger/i.test(userAgent) || (/wxwork/i.test(userAgent) && !/miniProgram/i.test(userAgent)))
