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
  10060001: '支付单不存在',
  10060002: '支付单已完成发货，无法继续发货',
  10060003: '支付单已使用重新发货机会',
  10060004: '支付单处于不可发货的状态',
  10060005: '物流类型有误',
  10060006: '非快递发货时不允许分拆发货',
  10060007: '分拆发货模式下必须填写 is_all_delivered 字段',
  10060008: '商品描述 item_desc 字段不能为空',
  10060009: '商品描述 item_desc 字段太长',
  10060011: 'last_index不合法',
  10060014: '参数错误',
  10060023: '发货信息未更新',
  10060024: '物流信息列表太长',
  10060025: '物流公司编码太长',
  10060026: '物流单号太长',
  10060028: '支付单不是已发货状态',
  10060029: '签收时间非法',
  10060030: '支付单已使用提醒收货机会',
  10060031: '该笔支付单不属于 openid 所指定的用户',
  10060032: '只有物流快递发货时允许提醒用户确认收货',
  268485194: '订单单号类型非法',
  268485195: '微信支付单号形式下 transaction_id 字段不能为空',
  268485196: '商户侧单号形式下 mchid 字段不能为空',
  268485197: '商户侧单号形式下 out_trade_no 字段不能为空',
  268485216: '上传时间非法，请按照 RFC 3339 格式填写',
  268485224: '发货模式非法',
  268485226: '物流单号不能为空',
  268485227: '物流公司编码不能为空',
  268485228: '统一发货模式下，物流信息列表长度必须为 1',
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
