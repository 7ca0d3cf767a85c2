import type { Reply } from '../sandbox-client.ts'
import { MCHID, MINUTE_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const FIVE_MINUTES_MS = 5 * MINUTE_MS

const app = (stage: Stage, kind: string) =>
  stage.sandbox.merchant(MCHID).appids.find((one) => one.kind === kind)!

async function code(stage: Stage, appid: string, scope?: string): Promise<string> {
  return (await stage.sandbox.control('/codes', { user: 'alice', appid, ...(scope && { scope }) })).body.code
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
  ]
}

export const PLATFORM_RULES: Rule[] = [
  ...codeRules(
    'jscode2session',
    session,
    'js_code',
    'mini-program',
    (stage) => stage.sandbox.merchant('1900000002').appids[0]!.appid,
  ),
  ...codeRules(
    'oauth-token',
    exchange,
    'code',
    'official-account',
    (stage) => stage.sandbox.merchant('1900000003').appids[0]!.appid,
  ),
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
