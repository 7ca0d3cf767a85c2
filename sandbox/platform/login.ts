import { randomBytes } from 'node:crypto'
import type { World } from '../world/world.ts'
import { readApp } from './app.ts'
import type { Query } from './app.ts'
import { platformError } from './reply.ts'

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
  const refusal = refuseFrequent(world, app.appid, code)
  if (refusal !== null) return platformError(refusal)
  const found = world.codes.redeem(code, app.appid)
  if (typeof found === 'number') return platformError(found)
  const person = world.people.find(found.personId)
  if (!person) return platformError(40029)
  if (person.isHighRisk) return platformError(40226)
  return {
    session_key: randomBytes(16).toString('base64'),
    openid: world.people.openid(person, app.appid),
    ...(app.unionBound && { unionid: person.unionid }),
  }
}

/** So many calls a minute for one person, good or bad. The code that came too often stays good. */
function refuseFrequent(world: World, appid: string, code: string): 45011 | null {
  const given = world.codes.find(code, 'identity')
  if (given?.appid !== appid) return null
  const name = `code2session ${appid} ${given.personId}`
  return world.quotas.takeInMinute(name, world.settings.of(appid).codesAMinute) ? null : 45011
}
