import { z } from 'zod'
import type { EntryConfig } from '../../config/load-config.ts'
import type { WechatIdentity, WechatLogin } from '../../identity/wechat-login.ts'
import { ChannelUnknown, KindError } from '../../shared/errors.ts'

/** WeChat usually answers within 200 ms; a customer waits at most this long before a retry is offered. */
const loginTimeoutMs = 5_000

const answerSchema = z.object({
  errcode: z.number().optional(),
  openid: z.string().min(1).optional(),
  unionid: z.string().min(1).optional(),
  is_snapshotuser: z.number().optional(),
})

/**
 * WeChat's login, for mini-programs and for pages in an official account.
 * https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session
 * https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
 */
export function createWechatLogin(hosts: { platform: string; oauth: string }): WechatLogin {
  const exchange = async (path: string, parameters: Record<string, string>): Promise<WechatIdentity> => {
    const url = `${hosts.platform}${path}?${new URLSearchParams(parameters)}`
    const answer = answerSchema.safeParse(await askWechat(url))
    if (!answer.success) throw noAnswer('login answer has another shape')
    if (answer.data.errcode) throw refusal(answer.data.errcode)
    if (!answer.data.openid) throw noAnswer('login answer has no openid')
    return {
      openid: answer.data.openid,
      unionid: answer.data.unionid ?? null,
      isVirtual: answer.data.is_snapshotuser === 1,
    }
  }
  return {
    exchangeMiniProgramCode: (entry, code) =>
      exchange('/sns/jscode2session', {
        appid: entry.customerAppid,
        secret: secretOf(entry),
        js_code: code,
        grant_type: 'authorization_code',
      }),
    exchangeOauthCode: (entry, code) =>
      exchange('/sns/oauth2/access_token', {
        appid: entry.customerAppid,
        secret: secretOf(entry),
        code,
        grant_type: 'authorization_code',
      }),
    authorizeUrl: (entry, redirectUri, state) => authorizeUrl(hosts.oauth, entry, redirectUri, state),
  }
}

/** The configuration has one wherever somebody may sign in. */
function secretOf({ code, appsecret }: EntryConfig): string {
  if (appsecret === null)
    throw new KindError('NotFound', `入口 ${code} 不能用微信登录，请从公众号或小程序进入。`)
  return appsecret
}

/** WeChat matches this link by a regular expression: the order of its parameters and the fragment are part of it. */
const authorizeUrl = (host: string, entry: EntryConfig, redirectUri: string, state: string) =>
  `${host}/connect/oauth2/authorize?appid=${entry.customerAppid}&redirect_uri=${encodeURIComponent(redirectUri)}` +
  `&response_type=code&scope=snsapi_base&state=${state}#wechat_redirect`

/** WeChat labels its JSON as text/plain at times, so it is read as text. The address holds a secret: it is never told. */
async function askWechat(url: string): Promise<unknown> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(loginTimeoutMs), redirect: 'error' })
    return JSON.parse(await answer.text())
  } catch {
    throw noAnswer('login did not answer')
  }
}

/** The exchange has an unknown outcome: the person is not known, and the code may be spent or not. */
const noAnswer = (reason: string) =>
  new ChannelUnknown(reason, { code: 'wechat-silent' }, '微信登录暂时没有回应，请稍后重试。')

function refusal(errcode: number): Error {
  switch (errcode) {
    case 40029:
    case 40163:
    case 41008:
    case 42003:
      return new KindError('NotSignedIn', '登录已失效，请重新打开页面。', { code: 'code-spent' })
    case 40226:
      return new KindError('NotAllowed', '微信限制了这个账号登录，请联系微信客服。')
    case 45011:
      return new KindError('TooMany', '操作太频繁，请一分钟后再试。', {
        retryAfterMs: 60_000,
      })
    default:
      // -1 is "busy"; 40013, 40125 and 41002 are our own configuration, which the log names.
      return noAnswer(`login refused with errcode ${errcode}`)
  }
}
