import type { App } from '../world/merchants.ts'
import type { EnvVersion, Link } from '../world/links.ts'
import type { World } from '../world/world.ts'
import { fieldsOf } from './app.ts'
import type { Fields } from './app.ts'
import { platformError } from './reply.ts'
import type { PlatformError } from './reply.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const LONGEST_DAYS = 30
const QUERY_LENGTH = 1_024
/** https://developers.weixin.qq.com/miniprogram/dev/server/API/qrcode-link/url-link/api_generateurllink.html */
const QUERY = /^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~%`]*$/
const PATH = /^\/?[0-9A-Za-z_\-./]*$/

/** WeChat's is https://wxaurl.cn/TICKET; the sandbox serves the page itself. */
const urlLink = (world: World, { ticket }: Link) => `${world.publicUrl}/wxaurl/${ticket}`

/** POST /wxa/generate_urllink: a way into the mini-program for browsers, messages and mails. */
export function generateUrlLink(world: World, app: App, body: unknown): object {
  const link = make(world, app, 'url-link', fieldsOf(body), fieldsOf(body), true)
  return 'errcode' in link ? link : { errcode: 0, errmsg: 'ok', url_link: urlLink(world, link) }
}

/**
 * POST /wxa/generatescheme: the same as an address of WeChat's own scheme.
 * https://developers.weixin.qq.com/miniprogram/dev/server/API/qrcode-link/url-scheme/api_generatescheme.html
 */
export function generateScheme(world: World, app: App, body: unknown): object {
  const fields = fieldsOf(body)
  const link = make(world, app, 'scheme', fieldsOf(fields['jump_wxa']), fields, fields['is_expire'] === true)
  return 'errcode' in link
    ? link
    : { errcode: 0, errmsg: 'ok', openlink: `weixin://dl/business/?t=${link.ticket}` }
}

/** POST /wxa/query_urllink: https://developers.weixin.qq.com/miniprogram/dev/server/API/qrcode-link/url-link/api_queryurllink.html */
export function queryUrlLink(world: World, app: App, body: unknown): object {
  return query(world, app, 'url-link', fieldsOf(body), 'url_link', 'url_link_info')
}

/** POST /wxa/queryscheme: https://developers.weixin.qq.com/miniprogram/dev/server/API/qrcode-link/url-scheme/api_queryscheme.html */
export function queryScheme(world: World, app: App, body: unknown): object {
  return query(world, app, 'scheme', fieldsOf(body), 'scheme', 'scheme_info')
}

/** @param expires whether its end is looked for; without one it lives as long as any may */
function make(
  world: World,
  app: App,
  kind: Link['kind'],
  target: Fields,
  validity: Fields,
  expires: boolean,
): Link | PlatformError {
  const settings = world.settings.of(app.appid)
  if (!settings.isPublished) return platformError(85079)
  const { path = '', query: search = '', env_version: envVersion = 'release' } = target
  if (typeof path !== 'string' || typeof search !== 'string') return platformError(47001)
  const page = path.replace(/^\//, '')
  const isPage = page === '' || settings.pages === null || settings.pages.includes(page)
  if (!PATH.test(path) || !isPage) return platformError(40165)
  if (search.length > QUERY_LENGTH || !QUERY.test(search)) return platformError(40212)
  if (!isEnvVersion(envVersion)) return platformError(85402)
  const nowMs = world.clock.nowMs()
  const expiresAtMs = expires ? endOf(nowMs, validity) : nowMs + LONGEST_DAYS * DAY_MS
  if (typeof expiresAtMs !== 'number') return expiresAtMs
  const link = world.links.make({
    kind,
    appid: app.appid,
    path: page,
    query: search,
    envVersion,
    expiresAtMs,
  })
  return link ?? platformError(44993)
}

/** Type 0: a moment in Unix seconds. Type 1: so many days. Between a minute and thirty days either way. */
function endOf(nowMs: number, validity: Fields): number | PlatformError {
  const { expire_type: type = 0, expire_time: time, expire_interval: days } = validity
  const given = type === 0 ? time : days
  if (type !== 0 && type !== 1) return platformError(40097)
  if (given === undefined) return nowMs + LONGEST_DAYS * DAY_MS
  if (typeof given !== 'number' || !Number.isSafeInteger(given)) return platformError(47001)
  const endMs = type === 0 ? given * 1_000 : nowMs + given * DAY_MS
  const inTime = endMs > nowMs + MINUTE_MS && endMs <= nowMs + LONGEST_DAYS * DAY_MS
  return inTime ? endMs : platformError(85401)
}

function isEnvVersion(value: unknown): value is EnvVersion {
  return value === 'release' || value === 'trial' || value === 'develop'
}

function query(
  world: World,
  app: App,
  kind: Link['kind'],
  fields: Fields,
  name: string,
  answerName: string,
): object {
  const { query_type: type = 0 } = fields
  if (type === 1) {
    const quota = { remain_visit_quota: world.links.opensLeft(app.appid) }
    return { errcode: 0, errmsg: 'ok', quota_info: quota }
  }
  const url = fields[name]
  if (type !== 0 || typeof url !== 'string') return platformError(40097)
  const link = world.links.find(world.links.read(url)?.ticket ?? '')
  if (!link || link.appid !== app.appid || link.kind !== kind) return platformError(85403)
  return { errcode: 0, errmsg: 'ok', [answerName]: view(link) }
}

function view(link: Link): object {
  return {
    appid: link.appid,
    path: link.path,
    query: link.query,
    create_time: Math.floor(link.createdAtMs / 1_000),
    expire_time: Math.floor(link.expiresAtMs / 1_000),
    env_version: link.envVersion,
  }
}
