import type { Reply } from '../sandbox-client.ts'
import { appOf, tokenOf, whileSet } from './app.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

/** An address that nobody calls from here: RFC 5737 keeps it for documents. */
const ELSEWHERE = { ipList: ['203.0.113.9'] }
const HERE = { ipList: ['127.0.0.1'] }

function ordinary(stage: Stage, changes: Record<string, string> = {}): Promise<Reply> {
  const { appid, appsecret } = appOf(stage, 'mini-program')
  const query = { grant_type: 'client_credential', appid, secret: appsecret, ...changes }
  return stage.sandbox.get(`/cgi-bin/token?${new URLSearchParams(query)}`)
}

function stable(stage: Stage, changes: Record<string, unknown> = {}): Promise<Reply> {
  const { appid, appsecret } = appOf(stage, 'mini-program')
  const body = { grant_type: 'client_credential', appid, secret: appsecret, ...changes }
  return stage.sandbox.post('/cgi-bin/stable_token', body)
}

/** An address that takes an access_token and changes nothing. */
const use = (stage: Stage, token: string): Promise<Reply> =>
  stage.sandbox.post(`/wxa/query_urllink?access_token=${token}`, { query_type: 1 })

async function refreshedAfter(stage: Stage, times: number, gapMs: number): Promise<Reply> {
  await stage.advance(24 * HOUR_MS)
  for (let time = 0; time < times; time += 1) {
    await stable(stage, { force_refresh: true })
    await stage.advance(gapMs)
  }
  return stable(stage, { force_refresh: true })
}

/** Uses a token of /cgi-bin/token so long after another took its place. */
async function replaced(stage: Stage, ms: number): Promise<Reply> {
  const { access_token: first } = (await ordinary(stage)).body
  await ordinary(stage)
  await stage.advance(ms)
  return use(stage, first)
}

async function aged(stage: Stage, ms: number): Promise<Reply> {
  const { access_token: token } = (await ordinary(stage)).body
  await stage.advance(ms)
  return use(stage, token)
}

const good = async (stage: Stage) => use(stage, await tokenOf(stage))

const EVERY_ADDRESS: Rule[] = [
  {
    id: 'access-token.missing',
    broken: (stage) => use(stage, ''),
    answers: { status: 200, errcode: 41001, errmsg: /^access_token missing, rid: / },
    kept: good,
  },
  {
    id: 'access-token.malformed',
    broken: (stage) => use(stage, 'nobody'),
    answers: { errcode: 40014, errmsg: /^invalid access_token/ },
    kept: good,
  },
  {
    id: 'access-token.unknown',
    broken: (stage) => use(stage, 'x'.repeat(136)),
    answers: { errcode: 40001, errmsg: /^invalid credential, access_token is invalid or not latest/ },
    kept: good,
  },
  {
    id: 'access-token.replaced',
    broken: (stage) => replaced(stage, 5 * MINUTE_MS),
    answers: { errcode: 40001 },
    kept: (stage) => replaced(stage, 5 * MINUTE_MS - 10 * SECOND_MS),
  },
  {
    id: 'access-token.two-hours',
    broken: (stage) => aged(stage, 2 * HOUR_MS),
    answers: { errcode: 42001, errmsg: /^access_token expired/ },
    kept: (stage) => aged(stage, 2 * HOUR_MS - 10 * SECOND_MS),
  },
  {
    id: 'access-token.mini-program',
    broken: async (stage) => use(stage, await tokenOf(stage, appOf(stage, 'official-account'))),
    answers: { errcode: 48001, errmsg: /^api unauthorized/ },
    kept: good,
  },
  {
    id: 'post.json',
    broken: async (stage) =>
      stage.sandbox.post(`/wxa/query_urllink?access_token=${await tokenOf(stage)}`, '{"query_type":'),
    answers: { status: 200, errcode: 47001, errmsg: /^data format error/ },
    kept: good,
  },
  {
    id: 'post.empty',
    broken: async (stage) =>
      stage.sandbox.post(`/wxa/query_urllink?access_token=${await tokenOf(stage)}`, ''),
    answers: { errcode: 44002, errmsg: /^empty post data/ },
    kept: good,
  },
  {
    id: 'post.method',
    broken: (stage) => stage.sandbox.get('/wxa/query_urllink'),
    answers: { errcode: 43002, errmsg: /^require POST method/ },
    kept: good,
  },
  {
    id: 'get.method',
    broken: (stage) => stage.sandbox.post('/cgi-bin/token', {}),
    answers: { errcode: 43001, errmsg: /^require GET method/ },
    kept: (stage) => ordinary(stage),
  },
]

export const TOKEN_RULES: Rule[] = [
  {
    id: 'token.grant-type',
    broken: (stage) => ordinary(stage, { grant_type: 'authorization_code' }),
    answers: { errcode: 40002, errmsg: /^invalid grant_type/ },
    kept: (stage) => ordinary(stage),
  },
  {
    id: 'token.secret',
    broken: (stage) => ordinary(stage, { secret: 'x'.repeat(32) }),
    answers: { errcode: 40125 },
    kept: (stage) => ordinary(stage),
  },
  {
    id: 'token.ip-list',
    broken: (stage) => whileSet(stage, ELSEWHERE, () => ordinary(stage)),
    answers: {
      errcode: 40164,
      errmsg: /^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist/,
    },
    kept: (stage) => whileSet(stage, HERE, () => ordinary(stage)),
  },
  {
    id: 'token.daily-quota',
    broken: (stage) => whileSet(stage, { tokensADay: 0 }, () => ordinary(stage)),
    answers: { errcode: 45009, errmsg: /^reach max api daily quota limit/ },
    kept: (stage) => ordinary(stage),
  },
  {
    id: 'stable-token.secret',
    broken: (stage) => stable(stage, { secret: 'x'.repeat(32) }),
    answers: { errcode: 40125 },
    kept: (stage) => stable(stage),
  },
  {
    id: 'stable-token.ip-list',
    broken: (stage) => whileSet(stage, ELSEWHERE, () => stable(stage)),
    answers: { errcode: 40164 },
    kept: (stage) => whileSet(stage, HERE, () => stable(stage)),
  },
  {
    id: 'stable-token.forced-thirty-seconds-apart',
    broken: (stage) => refreshedAfter(stage, 1, 29 * SECOND_MS),
    answers: { errcode: 45011, errmsg: /^api minute-quota reach limit/ },
    kept: (stage) => refreshedAfter(stage, 1, 30 * SECOND_MS),
  },
  {
    id: 'stable-token.forced-twenty-a-day',
    broken: (stage) => refreshedAfter(stage, 20, 30 * SECOND_MS),
    answers: { errcode: 45011 },
    kept: (stage) => refreshedAfter(stage, 19, 30 * SECOND_MS),
  },
  ...EVERY_ADDRESS,
]
