import type { RequestHandler, Response } from 'express'
import type { Services } from '../services.ts'
import { takeNotification } from './take.ts'

/**
 * Takes WeChat Pay's notifications, answered within its 5 s. 200 means "stored", also for one that fits nothing here; 401
 * means "proves nothing"; 5xx asks WeChat to come again. https://pay.weixin.qq.com/doc/v3/merchant/4012791836
 */
export const takeWechatpayNotification = (services: Services): RequestHandler =>
  takeNotification(services, 'wechatpay', {
    stored: (res) => answer(res, 200, 'SUCCESS', '成功'),
    refused: (res) => answer(res, 401, 'FAIL', '验签失败'),
  })

const answer = (res: Response, status: number, code: string, message: string) =>
  void res.status(status).json({ code, message })
