import type { Reply } from '../sandbox-client.ts'
import { otherMiniProgram, post, tokenOf, whileSet } from './app.ts'
import { DAY_MS, MINUTE_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

type Fields = Record<string, unknown>

/** Where it leads and how long it lives, apart: the two addresses nest them differently. */
type Make = (stage: Stage, target: Fields, validity?: (nowMs: number) => Fields) => Promise<Reply>

const nowOf = async (stage: Stage): Promise<number> => (await stage.sandbox.control('/clock')).body.nowMs

const ORDINARY = { path: 'pages/home/home', query: 'from=sms' }

const urlLink: Make = async (stage, target, validity = () => ({})) =>
  post(stage, '/wxa/generate_urllink', { ...ORDINARY, ...target, ...validity(await nowOf(stage)) })

const scheme: Make = async (stage, target, validity) =>
  post(stage, '/wxa/generatescheme', {
    jump_wxa: { ...ORDINARY, ...target },
    ...(validity && { is_expire: true, ...validity(await nowOf(stage)) }),
  })

const until = (ms: number) => (nowMs: number) => ({
  expire_type: 0,
  expire_time: Math.floor((nowMs + ms) / 1_000),
})
const days = (count: number) => () => ({ expire_type: 1, expire_interval: count })

/** The rules that both ways of making a link have. */
function makingRules(prefix: string, make: Make): Rule[] {
  const kept = (stage: Stage) => make(stage, {})
  const rule = (name: string, answers: Rule['answers'], target: Fields): Rule => ({
    id: `${prefix}.${name}`,
    broken: (stage) => make(stage, target),
    answers,
    kept,
  })
  return [
    {
      id: `${prefix}.published`,
      broken: (stage) => whileSet(stage, { isPublished: false }, () => make(stage, {})),
      answers: { status: 200, errcode: 85079, errmsg: /^miniprogram has no online release, rid: / },
      kept,
    },
    rule('path-carries-no-query', { errcode: 40165, errmsg: /^invalid weapp pagepath/ }, { path: 'a/b?c=1' }),
    {
      id: `${prefix}.path-exists`,
      broken: (stage) => whileSet(stage, { pages: ['pages/home/home'] }, () => make(stage, { path: 'x/y' })),
      answers: { errcode: 40165 },
      kept: (stage) => whileSet(stage, { pages: ['pages/home/home'] }, () => make(stage, {})),
    },
    rule('query-alphabet', { errcode: 40212, errmsg: /^invalid query/ }, { query: 'name=茶' }),
    {
      id: `${prefix}.query-length`,
      broken: (stage) => make(stage, { query: 'a'.repeat(1_025) }),
      answers: { errcode: 40212 },
      kept: (stage) => make(stage, { query: 'a'.repeat(1_024) }),
    },
    rule('env-version', { errcode: 85402, errmsg: /^invalid env_version/ }, { env_version: 'beta' }),
    rule('types', { errcode: 47001 }, { path: 1 }),
    {
      id: `${prefix}.lives-a-minute`,
      broken: (stage) => make(stage, {}, until(MINUTE_MS - 5_000)),
      answers: { errcode: 85401, errmsg: /^time limit between 1min and 30days/ },
      kept: (stage) => make(stage, {}, until(MINUTE_MS + 5_000)),
    },
    {
      id: `${prefix}.lives-thirty-days`,
      broken: (stage) => make(stage, {}, until(30 * DAY_MS + 60_000)),
      answers: { errcode: 85401 },
      kept: (stage) => make(stage, {}, until(30 * DAY_MS - 5_000)),
    },
    {
      id: `${prefix}.interval-thirty-days`,
      broken: (stage) => make(stage, {}, days(31)),
      answers: { errcode: 85401 },
      kept: (stage) => make(stage, {}, days(30)),
    },
    {
      id: `${prefix}.daily-quota`,
      broken: (stage) => whileSet(stage, { linksADay: 0 }, () => make(stage, {})),
      answers: { errcode: 44993, errmsg: /^reach max api day frequence limit/ },
      kept,
    },
  ]
}

/** The rules of asking about a link. */
function askingRules(
  prefix: string,
  path: string,
  name: string,
  make: (stage: Stage) => Promise<string>,
): Rule[] {
  const kept = async (stage: Stage) => post(stage, path, { [name]: await make(stage) })
  return [
    {
      id: `${prefix}.unknown`,
      broken: (stage) => post(stage, path, { [name]: 'https://wxaurl.cn/nobodymade' }),
      answers: { errcode: 85403, errmsg: /^not found/ },
      kept,
    },
    {
      id: `${prefix}.of-app`,
      broken: async (stage) =>
        post(stage, path, { [name]: await make(stage) }, await tokenOf(stage, otherMiniProgram(stage))),
      answers: { errcode: 85403 },
      kept,
    },
    {
      id: `${prefix}.arguments`,
      broken: (stage) => post(stage, path, { query_type: 2 }),
      answers: { errcode: 40097, errmsg: /^invalid args/ },
      kept: (stage) => post(stage, path, { query_type: 1 }),
    },
  ]
}

const madeUrlLink = async (stage: Stage): Promise<string> => (await urlLink(stage, {})).body.url_link
const madeScheme = async (stage: Stage): Promise<string> => (await scheme(stage, {})).body.openlink

/** The page in the browser, so long after the link was made for a day. */
async function opened(stage: Stage, ms: number): Promise<Reply> {
  const { url_link: url } = (await urlLink(stage, {}, days(1))).body
  await stage.advance(ms)
  return stage.sandbox.get(new URL(url).pathname)
}

const openByPhone = async (stage: Stage): Promise<Reply> =>
  stage.sandbox.control('/links/open', { url: await madeScheme(stage) })

export const LINK_RULES: Rule[] = [
  ...makingRules('url-link', urlLink),
  ...makingRules('scheme', scheme),
  ...askingRules('query-url-link', '/wxa/query_urllink', 'url_link', madeUrlLink),
  ...askingRules('query-scheme', '/wxa/queryscheme', 'scheme', madeScheme),
  {
    id: 'open-link.unknown',
    broken: (stage) => stage.sandbox.get('/wxaurl/nobodymade'),
    answers: { status: 404, text: /链接不存在/ },
    kept: (stage) => opened(stage, 0),
  },
  {
    id: 'open-link.expired',
    broken: (stage) => opened(stage, DAY_MS),
    answers: { status: 410, text: /链接已失效/ },
    kept: (stage) => opened(stage, DAY_MS - 5_000),
  },
  {
    id: 'open-link.daily-quota',
    broken: (stage) => whileSet(stage, { linkOpensADay: 0 }, () => openByPhone(stage)),
    answers: { status: 410, text: /今日访问次数已达上限/ },
    kept: openByPhone,
  },
]
