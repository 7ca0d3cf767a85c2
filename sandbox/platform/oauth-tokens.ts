import type { Person } from '../world/people.ts'
import { letters } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { readApp } from './app.ts'
import type { Query } from './app.ts'
import { platformError } from './reply.ts'
import type { PlatformError } from './reply.ts'

/** Access tokens that OAuth gave out: for whom, and until when. */
export interface OauthTokens {
  /** GET /sns/oauth2/access_token. */
  exchange(query: Query): object
  /** GET /sns/oauth2/refresh_token. */
  refresh(query: Query): object
  /** GET /sns/auth: whether a token is good. */
  check(query: Query): object
  /** GET /sns/userinfo. */
  userinfo(query: Query): object
  clear(): void
}

interface Grant {
  appid: string
  person: Person
  scope: string
  /** Snapshot mode: the account is a virtual one. */
  isVirtual: boolean
  expiresAtMs: number
}

const TOKEN_LIFETIME_MS = 7_200_000
const REFRESH_LIFETIME_MS = 30 * 86_400_000
const TOKENS_KEPT = 20_000

/** Keeps a grant under a token, and forgets the oldest of too many. */
function keep(grants: Map<string, Grant>, token: string, grant: Grant): void {
  grants.set(token, grant)
  if (grants.size > TOKENS_KEPT) grants.delete(grants.keys().next().value!)
}

const accountOf = (world: World, { person, appid, isVirtual }: Grant) =>
  isVirtual
    ? world.people.virtualAccount(person, appid)
    : { openid: world.people.openid(person, appid), unionid: person.unionid }

const isBound = (world: World, appid: string) => world.merchants.apps.get(appid)?.unionBound ?? false

/** Whom a code was given to. */
function redeem(world: World, query: Query): Grant | PlatformError {
  const app = readApp(world, query, 'official-account')
  if ('errcode' in app) return app
  if (query.get('grant_type') !== 'authorization_code') return platformError(40002)
  const code = query.get('code') ?? ''
  if (code === '') return platformError(41008)
  const found = world.codes.redeem(code, app.appid)
  if (typeof found === 'number') return platformError(found)
  const person = world.people.find(found.personId)
  if (!person) return platformError(40029)
  const expiresAtMs = world.clock.nowMs() + REFRESH_LIFETIME_MS
  return { appid: app.appid, person, scope: found.scope, isVirtual: person.isSnapshot, expiresAtMs }
}

/**
 * The exchange of an OAuth code. unionid comes only with scope snsapi_userinfo, is_snapshotuser only for a virtual account.
 * https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken
 */
export function createOauthTokens(world: World): OauthTokens {
  const grants = new Map<string, Grant>()
  const refreshes = new Map<string, Grant>()
  const answer = (grant: Grant, refreshToken: string) => {
    const token = letters(86)
    keep(grants, token, { ...grant, expiresAtMs: world.clock.nowMs() + TOKEN_LIFETIME_MS })
    const { openid, unionid } = accountOf(world, grant)
    const hasUnion = grant.scope === 'snsapi_userinfo' && isBound(world, grant.appid)
    return {
      access_token: token,
      expires_in: 7_200,
      refresh_token: refreshToken,
      openid,
      scope: grant.scope,
      ...(hasUnion && { unionid }),
      ...(grant.isVirtual && { is_snapshotuser: 1 }),
    }
  }
  const granted = (query: Query): Grant | PlatformError => {
    const grant = grants.get(query.get('access_token') ?? '')
    if (!grant) return platformError(40001)
    if (grant.expiresAtMs <= world.clock.nowMs()) return platformError(42001)
    return query.get('openid') === accountOf(world, grant).openid ? grant : platformError(40003)
  }
  return {
    exchange(query) {
      const grant = redeem(world, query)
      if ('errcode' in grant) return grant
      const refreshToken = letters(86)
      keep(refreshes, refreshToken, grant)
      return answer(grant, refreshToken)
    },
    refresh(query) {
      if (query.get('grant_type') !== 'refresh_token') return platformError(40002)
      const refreshToken = query.get('refresh_token') ?? ''
      const grant = refreshes.get(refreshToken)
      if (!grant || grant.appid !== query.get('appid')) return platformError(40030)
      if (grant.expiresAtMs <= world.clock.nowMs()) return platformError(42002)
      return answer(grant, refreshToken)
    },
    check(query) {
      const grant = granted(query)
      return 'errcode' in grant ? grant : { errcode: 0, errmsg: 'ok' }
    },
    userinfo(query) {
      const grant = granted(query)
      if ('errcode' in grant) return grant
      return grant.scope === 'snsapi_userinfo' ? profileOf(world, grant) : platformError(48001)
    },
    clear() {
      grants.clear()
      refreshes.clear()
    },
  }
}

/** Sex and region are no longer told. */
function profileOf(world: World, grant: Grant): object {
  const { openid, unionid } = accountOf(world, grant)
  return {
    openid,
    nickname: grant.isVirtual ? '微信用户' : grant.person.name,
    sex: 0,
    language: '',
    city: '',
    province: '',
    country: '',
    headimgurl: '',
    privilege: [],
    ...(isBound(world, grant.appid) && { unionid }),
  }
}
