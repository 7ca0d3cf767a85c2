import { randomBytes } from 'node:crypto'
import type { App, AppKind } from '../world/merchants.ts'
import type { Person } from '../world/people.ts'
import { letters } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { platformError } from './reply.ts'
import type { PlatformError } from './reply.ts'

/** A query as received; of a repeated name the first value counts. */
export type Query = URLSearchParams

/** A text of a body; anything else counts as missing. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The app that asks, when appid and secret belong together and it is of the right kind. */
export function readApp(world: World, query: Query, kind: AppKind | null): App | PlatformError {
  const appid = query.get('appid') ?? ''
  const secret = query.get('secret') ?? ''
  if (appid === '') return platformError(41002)
  if (secret === '') return platformError(41004)
  const app = world.merchants.apps.get(appid)
  if (!app || (kind !== null && app.kind !== kind)) return platformError(40013)
  if (app.appsecret !== secret) return platformError(40125)
  return app
}

/**
 * GET /sns/jscode2session: a code of wx.login for openid and session_key, and the unionid of an app that is bound to an
 * Open Platform account. https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session
 */
export function code2session(world: World, query: Query): object {
  const app = readApp(world, query, 'mini-program')
  if ('errcode' in app) return app
  if (query.get('grant_type') !== 'authorization_code') return platformError(40002)
  const code = query.get('js_code') ?? ''
  if (code === '') return platformError(41008)
  const found = world.codes.redeem(code, app.appid)
  if (typeof found === 'number') return platformError(found)
  const person = world.people.find(found.personId)
  if (!person) return platformError(40029)
  return {
    session_key: randomBytes(16).toString('base64'),
    openid: world.people.openid(person, app.appid),
    ...(app.unionBound && { unionid: person.unionid }),
  }
}

/** Access tokens that OAuth gave out: for whom, and until when. */
export interface OauthTokens {
  /** GET /sns/oauth2/access_token. */
  exchange(query: Query): object
  /** GET /sns/userinfo. */
  userinfo(query: Query): object
  clear(): void
}

const TOKEN_LIFETIME_MS = 7_200_000
const TOKENS_KEPT = 20_000

/**
 * The exchange of an OAuth code. unionid comes only with scope snsapi_userinfo.
 * https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken
 */
export function createOauthTokens(world: World): OauthTokens {
  interface Grant {
    appid: string
    person: Person
    scope: string
    expiresAtMs: number
  }
  const grants = new Map<string, Grant>()
  return {
    exchange(query) {
      const app = readApp(world, query, 'official-account')
      if ('errcode' in app) return app
      if (query.get('grant_type') !== 'authorization_code') return platformError(40002)
      const code = query.get('code') ?? ''
      if (code === '') return platformError(41008)
      const found = world.codes.redeem(code, app.appid)
      if (typeof found === 'number') return platformError(found)
      const person = world.people.find(found.personId)
      if (!person) return platformError(40029)
      const token = letters(86)
      const expiresAtMs = world.clock.nowMs() + TOKEN_LIFETIME_MS
      grants.set(token, { appid: app.appid, person, scope: found.scope, expiresAtMs })
      if (grants.size > TOKENS_KEPT) grants.delete(grants.keys().next().value!)
      return {
        access_token: token,
        expires_in: 7_200,
        refresh_token: letters(86),
        openid: world.people.openid(person, app.appid),
        scope: found.scope,
        ...(found.scope === 'snsapi_userinfo' && app.unionBound && { unionid: person.unionid }),
      }
    },
    userinfo(query) {
      const grant = grants.get(query.get('access_token') ?? '')
      if (!grant) return platformError(40001)
      if (grant.expiresAtMs <= world.clock.nowMs()) return platformError(42001)
      if (query.get('openid') !== world.people.openid(grant.person, grant.appid)) return platformError(40003)
      if (grant.scope !== 'snsapi_userinfo') return platformError(48001)
      const { person } = grant
      const bound = world.merchants.apps.get(grant.appid)?.unionBound ?? false
      return {
        openid: world.people.openid(person, grant.appid),
        nickname: person.name,
        sex: 0,
        language: '',
        city: '',
        province: '',
        country: '',
        headimgurl: '',
        privilege: [],
        ...(bound && { unionid: person.unionid }),
      }
    },
    clear: () => grants.clear(),
  }
}
