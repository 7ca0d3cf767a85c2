import type { Request, Response } from 'express'
import type { App } from '../world/merchants.ts'
import type { Person } from '../world/people.ts'
import type { World } from '../world/world.ts'
import { escapeHtml, page } from './html.ts'

/** A well-formed authorisation link. */
interface Authorization {
  app: App
  redirectUri: URL
  scope: 'snsapi_base' | 'snsapi_userinfo'
  state: string
}

/** A page that says what is wrong, with WeChat's number. */
interface Fault {
  number: number
  message: string
}

/** The cookie and the header that say who is looking. */
export const USER_FIELD = 'x-sandbox-user'

/**
 * WeChat matches the link by a regular expression: these five parameters in this order, extras only behind.
 * https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
 */
const LINK = /^appid=([^&]*)&redirect_uri=([^&]*)&response_type=([^&]*)&scope=([^&]*)&state=([^&]*)(?:&.*)?$/
/** At most 128 bytes of a-z A-Z 0-9. */
const STATE = /^[0-9A-Za-z]{1,128}$/

/** GET /connect/oauth2/authorize: silent for snsapi_base, with consent for snsapi_userinfo. */
export function authorize(world: World, req: Request, res: Response): void {
  const link = readLink(world, req)
  if ('number' in link) return showFault(res, link)
  const person = personOf(world, req)
  if (!person) return askWho(world, req, res)
  // A snapshot page shows no consent: https://developers.weixin.qq.com/community/minihome/doc/000c2c34068880629ced91a2f56001
  const asks = link.scope === 'snsapi_userinfo' && !person.isSnapshot
  if (asks && req.method !== 'POST') return askConsent(req, res, link, person)
  const code = world.codes.issue({ appid: link.app.appid, personId: person.id, scope: link.scope })
  const { redirectUri } = link
  redirectUri.searchParams.append('code', code)
  redirectUri.searchParams.append('state', link.state)
  res.redirect(302, redirectUri.href)
}

function readLink(world: World, req: Request): Authorization | Fault {
  const raw = req.originalUrl.slice(req.originalUrl.indexOf('?') + 1)
  const match = req.originalUrl.includes('?') ? LINK.exec(raw) : null
  if (!match) {
    return { number: 10002, message: '链接参数的顺序应为 appid、redirect_uri、response_type、scope、state' }
  }
  const [appid, redirect, responseType, scope, state] = match.slice(1).map(decode) as [
    string,
    string,
    string,
    string,
    string,
  ]
  if (appid === '') return { number: 10012, message: 'appid 为空' }
  if (redirect === '') return { number: 10011, message: 'redirect_uri 为空' }
  if (scope === '') return { number: 10010, message: 'scope 为空' }
  if (state === '') return { number: 10013, message: 'state 为空' }
  if (responseType !== 'code') return { number: 10002, message: 'response_type 应为 code' }
  if (!STATE.test(state)) return { number: 10013, message: 'state 应为至多 128 字节的 a-zA-Z0-9' }
  const app = world.merchants.apps.get(appid)
  if (!app || app.kind !== 'official-account') return { number: 10016, message: 'appid 不是公众号（服务号）' }
  if (scope !== 'snsapi_base' && scope !== 'snsapi_userinfo')
    return { number: 10005, message: 'scope 参数错误或没有权限' }
  const redirectUri = URL.canParse(redirect) ? new URL(redirect) : null
  const isWeb = redirectUri?.protocol === 'http:' || redirectUri?.protocol === 'https:'
  if (!redirectUri || !isWeb || (world.h5Host !== null && redirectUri.hostname !== world.h5Host)) {
    return { number: 10003, message: 'redirect_uri 域名与后台配置不一致' }
  }
  return { app, redirectUri, scope, state }
}

/** Percent-decoding that leaves alone what is not encoded properly. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** Who is looking: the phone's proxy says so, or the person chose on our page. */
function personOf(world: World, req: Request): Person | undefined {
  const header = req.headers[USER_FIELD]
  if (typeof header === 'string') return world.people.find(header)
  const cookie = (req.headers.cookie ?? '').split(/;\s*/).find((pair) => pair.startsWith(`${USER_FIELD}=`))
  return cookie && world.people.find(cookie.slice(USER_FIELD.length + 1))
    ? world.people.find(cookie.slice(USER_FIELD.length + 1))
    : undefined
}

function showFault(res: Response, { number, message }: Fault): void {
  res
    .status(200)
    .type('html')
    .send(page(res.req, '微信', `<h1>${escapeHtml(message)}</h1><p>错误码：${number}</p>`))
}

function askWho(world: World, req: Request, res: Response): void {
  const back = escapeHtml(req.originalUrl)
  const buttons = world.people
    .all()
    .map(({ id, name }) => `<button name="user" value="${escapeHtml(id)}">${escapeHtml(name)}</button>`)
  const form = `<form method="post" action="/connect/person"><input type="hidden" name="back" value="${back}">${buttons.join('')}</form>`
  res
    .status(200)
    .type('html')
    .send(page(res.req, '选择用户', `<h1>您是哪一位？</h1><p>沙箱里的微信用户</p>${form}`))
}

function askConsent(req: Request, res: Response, { app }: Authorization, person: Person): void {
  const form = `<form method="post" action="${escapeHtml(req.originalUrl)}"><button>允许</button></form>`
  const text = `<h1>${escapeHtml(app.name)} 申请获取您的昵称、头像</h1><p>${escapeHtml(person.name)}</p>`
  res
    .status(200)
    .type('html')
    .send(page(res.req, '微信授权', `${text}${form}`))
}

/** POST /connect/person: remembers who is looking in a cookie and goes back to the link. */
export function choosePerson(world: World, req: Request, res: Response): void {
  const { user, back } = (req.body ?? {}) as Record<string, unknown>
  const person = typeof user === 'string' ? world.people.find(user) : undefined
  if (!person || typeof back !== 'string' || !back.startsWith('/connect/oauth2/authorize?')) {
    res
      .status(400)
      .type('html')
      .send(page(res.req, '微信', '<h1>请重新打开授权链接</h1>'))
    return
  }
  res.cookie(USER_FIELD, person.id, { path: '/', httpOnly: true, sameSite: 'lax', encode: String })
  res.redirect(303, back)
}
