import { readMe } from '../../identity/read-me.ts'
import { openSession } from '../../identity/sessions.ts'
import { signInMiniProgram } from '../../identity/sign-in-mini-program.ts'
import { KindError } from '../../shared/errors.ts'
import { loginCodeMisses, loginCodeMissesOfSite } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { sessionRequestSchema, sessionSchema } from '../schemas/session.ts'

export const sessionsCreate = defineRoute({
  method: 'post',
  path: '/sessions',
  summary: 'Sign in the native side of a mini-program with a code of wx.login',
  caller: 'nobody',
  limits: [loginCodeMisses, loginCodeMissesOfSite],
  body: sessionRequestSchema,
  statuses: [201],
  answer: sessionSchema,
  handle: async ({ services, entry, body, res }) => {
    if (entry.kind !== 'mini-program')
      throw new KindError('NotFound', '这个入口不用小程序登录，请从公众号进入。')
    const who = await signInMiniProgram(services, entry, body.code)
    const { token, session } = await openSession(services, who, 'native')
    res.status(201)
    return {
      token,
      expiresAt: session.expires_at.toISOString(),
      me: await readMe(services.db, entry, session),
    }
  },
})
