import { randomBytes } from 'node:crypto'
import type { Response } from 'express'

/** api.weixin.qq.com answers 200 whatever happened; errcode tells. */
export interface PlatformError {
  errcode: number
  errmsg: string
}

const MESSAGES: Record<number, string> = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40029: 'invalid code',
  40125: 'invalid appsecret',
  40163: 'code been used',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  42001: 'access_token expired',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  48001: 'api unauthorized',
}

/** An errcode with WeChat's text and the request id it appends. */
export function platformError(errcode: number): PlatformError {
  const rid = randomBytes(12).toString('hex').match(/.{8}/g)!.join('-')
  return { errcode, errmsg: `${MESSAGES[errcode] ?? 'error'}, rid: ${rid}` }
}

/** The /sns addresses label their JSON text/plain, so clients must not go by the header. */
export function replySns(res: Response, body: object): void {
  res.status(200).type('text/plain').send(JSON.stringify(body))
}

/** The /cgi-bin addresses. */
export function replyCgi(res: Response, body: object): void {
  res.status(200).set('Content-Type', 'application/json; encoding=utf-8').send(JSON.stringify(body))
}
