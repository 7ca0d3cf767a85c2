import { existsSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Request, type RequestHandler, type Response, type Router } from 'express'
import sirv from 'sirv'
import { phoneOfHost, phoneOrigin } from './address.ts'
import { type PhoneSettings, type PhoneWorld, phonesOf } from './phones.ts'
import { findProfile } from './profiles.ts'
import { type PhoneOptions, createPhoneProxy } from './proxy/proxy.ts'
import { type MiniProgramRequest, sendForMiniProgram } from './wx-request.ts'

/**
 * The phone's page and what it asks of this side:
 * `/phone/` the page, `/_phone/*` its files;
 * GET /_sandbox/phone → {h5Url}; PUT /_sandbox/phones/{name} switches a phone on → {label, origin};
 * POST /_sandbox/phones/{label}/off when its window closes; POST /_sandbox/phones/{label}/requests: one wx.request.
 */
export function phoneRoutes(world: PhoneWorld, options: PhoneOptions): Router {
  const router = express.Router()
  const phones = phonesOf(world)
  const homeOrigin = options.h5Url === undefined ? undefined : new URL(options.h5Url).origin
  router.get('/phone', (_req, res) => showPhonePage(options.phoneDir, res))
  if (options.phoneDir !== undefined) router.use('/_phone', sirv(options.phoneDir, { dev: true, etag: true }))
  router.get('/_sandbox/phone', (_req, res) => {
    res.json({ h5Url: homeOrigin ?? null })
  })
  router.use('/_sandbox/phones', express.json({ limit: '4mb' }))
  router.put('/_sandbox/phones/:name', (req, res) => switchOn(world, options, req, res))
  router.post('/_sandbox/phones/:label/off', (req, res) => {
    phones.switchOff(String(req.params.label), String((req.body as { window?: unknown } | undefined)?.window))
    res.status(204).end()
  })
  router.post('/_sandbox/phones/:label/requests', async (req, res) => {
    const phone = phones.find(String(req.params.label))
    if (phone === undefined) return void refuse(res, 409, 'This phone is not switched on. PUT it first.')
    if (!isMiniProgramRequest(req.body))
      return void refuse(res, 400, 'Expected JSON {appid, url, method, header, body, timeoutMs}.')
    res.json(await sendForMiniProgram(phone, req.body, homeOrigin))
  })
  return router
}

/** Answers every request to http://{phone}.localhost. Mount it first, before any body parser. */
export function phoneProxy(world: PhoneWorld, options: PhoneOptions): RequestHandler {
  return createPhoneProxy(world, options)
}

function showPhonePage(phoneDir: string | undefined, res: Response): void {
  const page = phoneDir === undefined ? undefined : join(phoneDir, 'index.html')
  if (page === undefined || !existsSync(page)) {
    res.status(503).type('text').send('手机还没有构建。请在项目目录运行 npm start，它会先构建手机。\n')
    return
  }
  // The page pays by one click: nobody but the sandbox's own pages may frame it.
  res.set({ 'cache-control': 'no-cache', 'content-security-policy': "frame-ancestors 'self'" })
  res.sendFile(page)
}

function switchOn(world: PhoneWorld, options: PhoneOptions, req: Request, res: Response): void {
  const name = String(req.params.name)
  if (phoneOfHost(`${name}.localhost`) !== name) {
    return refuse(
      res,
      400,
      `A phone's name is a lower-case letter and up to 15 letters or digits, not "${name}".`,
    )
  }
  const settings = readSettings(req)
  if (typeof settings === 'string') return refuse(res, 400, settings)
  if (world.people.find(settings.user) === undefined) {
    return refuse(res, 404, `There is no person "${settings.user}": see GET /_sandbox/users.`)
  }
  const { label } = phonesOf(world).switchOn(name, settings)
  res.json({ label, origin: phoneOrigin(label, options.sandboxUrl()) })
}

/** @returns the settings, or a sentence saying what is wrong with them */
function readSettings(req: Request): PhoneSettings | string {
  const body = req.body as Record<string, unknown> | undefined
  const origin = req.headers.origin
  if (typeof body !== 'object')
    return 'Expected JSON {window, user, profile, language, theme, font, miniProgramAppid}.'
  if (origin === undefined)
    return 'A phone is switched on by the page that draws it: the Origin header is missing.'
  const { window, user, profile, language, theme, font, miniProgramAppid } = body
  if (typeof window !== 'string' || window === '')
    return 'window must be an id of the window, kept while it is open.'
  if (typeof user !== 'string' || user === '') return 'user must be the id of a person: GET /_sandbox/users.'
  if (typeof profile !== 'string' || !findProfile(profile))
    return 'profile must be the id of a device profile.'
  if (language !== 'zh-CN' && language !== 'en') return 'language must be "zh-CN" or "en".'
  if (theme !== 'light' && theme !== 'dark') return 'theme must be "light" or "dark".'
  if (font !== 'normal' && font !== 'large') return 'font must be "normal" or "large".'
  if (miniProgramAppid !== null && typeof miniProgramAppid !== 'string')
    return 'miniProgramAppid must be a string or null.'
  return { window, user, profile, language, theme, font, miniProgramAppid, shellOrigin: origin }
}

function isMiniProgramRequest(body: unknown): body is MiniProgramRequest {
  if (typeof body !== 'object' || body === null) return false
  const { appid, url, method, header, body: text, timeoutMs } = body as Record<string, unknown>
  return (
    typeof appid === 'string' &&
    typeof url === 'string' &&
    typeof method === 'string' &&
    typeof header === 'object' &&
    header !== null &&
    (text === null || typeof text === 'string') &&
    typeof timeoutMs === 'number'
  )
}

function refuse(res: Response, status: number, message: string): void {
  res.status(status).json({ message })
}
