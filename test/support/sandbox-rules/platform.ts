import type { Reply } from '../sandbox-client.ts'
import { appOf as app, otherMiniProgram } from './app.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const FIVE_MINUTES_MS = 5 * MINUTE_MS

async function code(
  stage: Stage,
  appid: string,
  { scope = 'snsapi_base', user = 'alice' } = {},
): Promise<string> {
  return (await stage.sandbox.control('/codes', { user, appid, scope })).body.code
}

/** Exchanges a fresh code of a mini-program, with changes to the query. */
async function session(stage: Stage, changes: Record<string, string> = {}): Promise<Reply> {
  const { appid, appsecret } = app(stage, 'mini-program')
  const query = new URLSearchParams({
    appid,
    secret: appsecret,
    js_code: await code(stage, appid),
    grant_type: 'authorization_code',
    ...changes,
  })
  return stage.sandbox.get(`/sns/jscode2session?${query}`)
}

/** The same for an official account. */
async function exchange(stage: Stage, changes: Record<string, string> = {}): Promise<Reply> {
  const { appid, appsecret } = app(stage, 'official-account')
  const query = new URLSearchParams({
    appid,
    secret: appsecret,
    code: await code(stage, appid),
    grant_type: 'authorization_code',
    ...changes,
  })
  return stage.sandbox.get(`/sns/oauth2/access_token?${query}`)
}

/** The authorisation link, its parameters in the order given. */
function authorize(stage: Stage, changes: Record<string, string> = {}, order?: string[]): Promise<Reply> {
  const parameters: Record<string, string> = {
    appid: stage.officialAppid,
    redirect_uri: 'http://127.0.0.1:3000/callback?to=%2Forders',
    response_type: 'code',
    scope: 'snsapi_base',
    state: 'abcXYZ123',
    ...changes,
  }
  const query = (order ?? Object.keys(parameters)).map(
    (name) => `${name}=${encodeURIComponent(parameters[name]!)}`,
  )
  return stage.sandbox.get(`/connect/oauth2/authorize?${query.join('&')}`, { 'x-sandbox-user': 'alice' })
}

const linkRule = (id: string, broken: Record<string, string>, number: number): Rule => ({
  id,
  broken: (stage) => authorize(stage, broken),
  answers: { status: 200, text: new RegExp(`错误码：${number}`) },
  kept: (stage) => authorize(stage),
})

const twice = async (stage: Stage, ask: typeof session, name: string, kind: string): Promise<Reply> => {
  const once = await code(stage, app(stage, kind).appid)
  await ask(stage, { [name]: once })
  return ask(stage, { [name]: once })
}

const late = async (stage: Stage, ask: typeof session, name: string, kind: string, ms: number) => {
  const once = await code(stage, app(stage, kind).appid)
  await stage.advance(ms)
  return ask(stage, { [name]: once })
}

/** The rules that both exchanges of a code have. */
function codeRules(
  prefix: string,
  ask: typeof session,
  name: string,
  kind: string,
  otherAppid: (stage: Stage) => string,
): Rule[] {
  const kept = (stage: Stage) => ask(stage)
  return [
    {
      id: `${prefix}.unknown-code`,
      broken: (stage) => ask(stage, { [name]: '0nobodygavethis' }),
      answers: { status: 200, errcode: 40029, errmsg: /^invalid code, rid: / },
      kept,
    },
    {
      id: `${prefix}.code-once`,
      broken: (stage) => twice(stage, ask, name, kind),
      answers: { errcode: 40163, errmsg: /^code been used, rid: / },
      kept,
    },
    {
      id: `${prefix}.code-five-minutes`,
      broken: (stage) => late(stage, ask, name, kind, FIVE_MINUTES_MS),
      answers: { errcode: 40029 },
      kept: (stage) => late(stage, ask, name, kind, FIVE_MINUTES_MS - 10_000),
    },
    {
      id: `${prefix}.code-of-app`,
      broken: async (stage) => ask(stage, { [name]: await code(stage, otherAppid(stage)) }),
      answers: { errcode: 40029 },
      kept,
    },
    {
      id: `${prefix}.code-missing`,
      broken: (stage) => ask(stage, { [name]: '' }),
      answers: { errcode: 41008, errmsg: /^missing code/ },
      kept,
    },
    {
      id: `${prefix}.appid`,
      broken: (stage) => ask(stage, { appid: 'wx0000000000000000' }),
      answers: { errcode: 40013, errmsg: /^invalid appid/ },
      kept,
    },
    {
      id: `${prefix}.appid-missing`,
      broken: (stage) => ask(stage, { appid: '' }),
      answers: { errcode: 41002 },
      kept,
    },
    {
      id: `${prefix}.secret`,
      broken: (stage) => ask(stage, { secret: 'x'.repeat(32) }),
      answers: { errcode: 40125, errmsg: /^invalid appsecret/ },
      kept,
    },
    {
      id: `${prefix}.secret-missing`,
      broken: (stage) => ask(stage, { secret: '' }),
      answers: { errcode: 41004 },
      kept,
    },
    {
      id: `${prefix}.grant-type`,
      broken: (stage) => ask(stage, { grant_type: 'client_credential' }),
      answers: { errcode: 40002 },
      kept,
    },
  ]
}

/** The last of so many sign-ins of a new person within a minute. */
async function lastOf(stage: Stage, count: number): Promise<Reply> {
  const { appid } = app(stage, 'mini-program')
  const user = await stage.sandbox.addUser(`hurried-${count}`)
  const codes = await Promise.all(Array.from({ length: count }, () => code(stage, appid, { user })))
  const [last, ...others] = codes
  await Promise.all(others.map((one) => session(stage, { js_code: one })))
  return session(stage, { js_code: last! })
}

/** A sign-in of somebody whom WeChat judges a risk, or no longer does. */
async function riskySession(stage: Stage, isHighRisk: boolean): Promise<Reply> {
  await stage.sandbox.control('/users/bob', { isHighRisk })
  const reply = await session(stage, {
    js_code: await code(stage, app(stage, 'mini-program').appid, { user: 'bob' }),
  })
  await stage.sandbox.control('/users/bob', { isHighRisk: false })
  return reply
}

/** What an OAuth exchange brought. */
async function grant(stage: Stage, scope = 'snsapi_userinfo'): Promise<Record<string, string>> {
  const { appid } = app(stage, 'official-account')
  return (await exchange(stage, { code: await code(stage, appid, { scope }) })).body
}

async function refresh(stage: Stage, changes: Record<string, string> = {}, ms = 0): Promise<Reply> {
  const { refresh_token: token } = await grant(stage)
  await stage.advance(ms)
  const { appid } = app(stage, 'official-account')
  const query = { appid, grant_type: 'refresh_token', refresh_token: token!, ...changes }
  return stage.sandbox.get(`/sns/oauth2/refresh_token?${new URLSearchParams(query)}`)
}

async function userinfo(
  stage: Stage,
  {
    scope = 'snsapi_userinfo',
    ms = 0,
    ...changes
  }: { scope?: string; ms?: number } & Record<string, unknown> = {},
): Promise<Reply> {
  const { access_token, openid } = await grant(stage, scope)
  await stage.advance(ms)
  const query = { access_token: access_token!, openid: openid!, lang: 'zh_CN', ...(changes as object) }
  return stage.sandbox.get(`/sns/userinfo?${new URLSearchParams(query)}`)
}

const OAUTH_GRANT_RULES: Rule[] = [
  {
    id: 'oauth-refresh.unknown',
    broken: (stage) => refresh(stage, { refresh_token: 'nobody' }),
    answers: { status: 200, errcode: 40030, errmsg: /^invalid refresh_token/ },
    kept: (stage) => refresh(stage),
  },
  {
    id: 'oauth-refresh.of-app',
    broken: (stage) => refresh(stage, { appid: stage.sandbox.merchant('1900000003').appids[0]!.appid }),
    answers: { errcode: 40030 },
    kept: (stage) => refresh(stage),
  },
  {
    id: 'oauth-refresh.thirty-days',
    broken: (stage) => refresh(stage, {}, 30 * DAY_MS),
    answers: { errcode: 42002 },
    kept: (stage) => refresh(stage, {}, 30 * DAY_MS - MINUTE_MS),
  },
  {
    id: 'userinfo.token',
    broken: (stage) => userinfo(stage, { access_token: 'nobody' }),
    answers: { errcode: 40001 },
    kept: (stage) => userinfo(stage),
  },
  {
    id: 'userinfo.two-hours',
    broken: (stage) => userinfo(stage, { ms: 2 * HOUR_MS }),
    answers: { errcode: 42001 },
    kept: (stage) => userinfo(stage, { ms: 2 * HOUR_MS - MINUTE_MS }),
  },
  {
    id: 'userinfo.openid',
    broken: (stage) => userinfo(stage, { openid: stage.sandbox.openid('bob', stage.officialAppid) }),
    answers: { errcode: 40003, errmsg: /^invalid openid/ },
    kept: (stage) => userinfo(stage),
  },
  {
    id: 'userinfo.scope',
    broken: (stage) => userinfo(stage, { scope: 'snsapi_base' }),
    answers: { errcode: 48001, errmsg: /^api unauthorized/ },
    kept: (stage) => userinfo(stage),
  },
]

export const PLATFORM_RULES: Rule[] = [
  ...codeRules(
    'jscode2session',
    session,
    'js_code',
    'mini-program',
    (stage) => otherMiniProgram(stage).appid,
  ),
  {
    id: 'jscode2session.hundred-a-minute',
    broken: (stage) => lastOf(stage, 101),
    answers: { status: 200, errcode: 45011, errmsg: /^api minute-quota reach limit/ },
    kept: (stage) => lastOf(stage, 100),
  },
  {
    id: 'jscode2session.high-risk',
    broken: (stage) => riskySession(stage, true),
    answers: { errcode: 40226, errmsg: /^code blocked/ },
    kept: (stage) => riskySession(stage, false),
  },
  ...codeRules(
    'oauth-token',
    exchange,
    'code',
    'official-account',
    (stage) => stage.sandbox.merchant('1900000003').appids[0]!.appid,
  ),
  ...OAUTH_GRANT_RULES,
  {
    id: 'authorize.order-of-parameters',
    broken: (stage) => authorize(stage, {}, ['redirect_uri', 'appid', 'response_type', 'scope', 'state']),
    answers: { status: 200, text: /参数的顺序/ },
    kept: (stage) => authorize(stage),
  },
  linkRule('authorize.state-alphabet', { state: 'a-b_c' }, 10013),
  linkRule('authorize.state-length', { state: 'a'.repeat(129) }, 10013),
  linkRule('authorize.state-missing', { state: '' }, 10013),
  linkRule('authorize.appid-missing', { appid: '' }, 10012),
  linkRule('authorize.redirect-missing', { redirect_uri: '' }, 10011),
  linkRule('authorize.scope-missing', { scope: '' }, 10010),
  linkRule('authorize.scope', { scope: 'snsapi_login' }, 10005),
  linkRule('authorize.redirect-is-web', { redirect_uri: 'javascript:alert(1)' }, 10003),
  {
    id: 'authorize.appid-kind',
    broken: (stage) => authorize(stage, { appid: stage.miniAppid }),
    answers: { status: 200, text: /错误码：10016/ },
    kept: (stage) => authorize(stage),
  },
]
