import { raw, type RequestHandler, type Response } from 'express'
import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { limits } from '../../config/limits.ts'
import { InvalidNotification, type ChannelNotification } from '../../payments/payment-channel.ts'
import { channelOf } from '../../payments/payment-deps.ts'
import { settleNotification, storeVerified } from '../../refunds/take-notification.ts'
import type { Services } from '../services.ts'

/** The raw bytes, whatever the content type says; compressed or larger bodies are none of WeChat's. */
export const notificationBody = raw({ type: () => true, inflate: false, limit: limits.notificationBytes })

/**
 * Takes WeChat Pay's notifications. Verified on the raw bytes, stored, then settled; answered within WeChat's 5 s.
 * 200 means "stored", also for one that fits nothing here; 401 means "proves nothing"; 500 asks WeChat to come again.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012791836
 */
export const takeWechatpayNotification =
  (services: Services): RequestHandler =>
  async (req, res) => {
    const merchant = String(req.params.merchant)
    const notification = open(services, merchant, req.headers, req.body)
    if (typeof notification === 'string') {
      req.log.warn({ merchant, reason: notification }, 'notification refused')
      return void answer(res, 401, 'FAIL', '验签失败')
    }
    const { key } = await storeVerified(services, { channel: 'wechatpay', mchid: merchant }, notification)
    const settled = settleNotification(services, key, notification).then(
      () => 'settled' as const,
      (error: unknown) => {
        req.log.error({ err: error, notificationId: key.notificationId }, 'settling left to the sweep')
        return 'left' as const
      },
    )
    await Promise.race([settled, wait(limits.settleBeforeAnswerMs, undefined, { ref: false })])
    answer(res, 200, 'SUCCESS', '成功')
  }

function open(
  services: Services,
  merchant: string,
  headers: IncomingHttpHeaders,
  body: unknown,
): ChannelNotification | string {
  if (!Buffer.isBuffer(body)) return 'no body'
  try {
    return channelOf(services, 'wechatpay').readNotification(merchant, headers, body)
  } catch (error) {
    if (error instanceof InvalidNotification) return error.reason
    throw error
  }
}

const answer = (res: Response, status: number, code: string, message: string) =>
  res.status(status).json({ code, message })
