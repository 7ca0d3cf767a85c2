import { randomBytes } from 'node:crypto'
import type { Response } from 'express'

/** api.weixin.qq.com answers 200 whatever happened; errcode tells. */
export interface PlatformError {
  errcode: number
  errmsg: string
}

/** https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html and the pages of each address. */
const MESSAGES: Record<number, string> = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40029: 'invalid code',
  40030: 'invalid refresh_token',
  40097: 'invalid args',
  40125: 'invalid appsecret',
  40163: 'code been used',
  40164: 'invalid ip, not in whitelist',
  40165: 'invalid weapp pagepath',
  40212: 'invalid query',
  40226: 'code blocked',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  42001: 'access_token expired',
  42002: 'refresh_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  44002: 'empty post data',
  44993: 'reach max api day frequence limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  47001: 'data format error',
  48001: 'api unauthorized',
  85079: 'miniprogram has no online release',
  85401: 'time limit between 1min and 30days',
  85402: 'invalid env_version',
  85403: 'not found',
}

/** An errcode with WeChat's text, or a better one, and the request id it appends. */
export function platformError(errcode: number, text = MESSAGES[errcode] ?? 'error'): PlatformError {
  const rid = randomBytes(12).toString('hex').match(/.{8}/g)!.join('-')
  return { errcode, errmsg: `${text}, rid: ${rid}` }
}

/** The /sns addresses label their JSON text/plain, so clients must not go by the header. */
export function replySns(res: Response, body: object): void {
  res.status(200).type('text/plain').send(JSON.stringify(body))
}

/** The /cgi-bin and /wxa addresses. */
export function replyCgi(res: Response, body: object): void {
  res.status(200).set('Content-Type', 'application/json; encoding=utf-8').send(JSON.stringify(body))
}
