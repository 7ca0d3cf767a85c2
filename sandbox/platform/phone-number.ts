import type { App } from '../world/merchants.ts'
import type { World } from '../world/world.ts'
import { fieldsOf, textOf } from './app.ts'
import { platformError } from './reply.ts'

/**
 * POST /wxa/business/getuserphonenumber: a code of a getPhoneNumber button for the person's number; once, within five
 * minutes. https://developers.weixin.qq.com/miniprogram/dev/server/API/user-info/phone-number/api_getphonenumber.html
 */
export function getUserPhoneNumber(world: World, app: App, body: unknown): object {
  const code = textOf(fieldsOf(body)['code'])
  const given = world.codes.find(code, 'phone')
  if (!given) return platformError(40029)
  if (given.appid !== app.appid) return platformError(40013)
  const person = world.people.find(given.personId)
  // The page knows one number for a code that is used, old or unknown.
  if (!person || typeof world.codes.redeem(code, app.appid, 'phone') === 'number') return platformError(40029)
  const phoneNumber = world.people.phoneNumber(person)
  return {
    errcode: 0,
    errmsg: 'ok',
    phone_info: {
      phoneNumber,
      purePhoneNumber: phoneNumber,
      countryCode: '86',
      watermark: { timestamp: Math.floor(given.issuedAtMs / 1_000), appid: app.appid },
    },
  }
}
