import { raw, type RequestHandler, type Response } from 'express'
import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { limits } from '../../config/limits.ts'
import {
  InvalidNotification,
  type ChannelName,
  type ChannelNotification,
} from '../../payments/payment-channel.ts'
import { channelOf } from '../../payments/payment-deps.ts'
import { settleNotification, storeVerified } from '../../refunds/take-notification.ts'
import type { Services } from '../services.ts'

/** The raw bytes, whatever the content type says; compressed or larger bodies are none of a channel's. */
export const notificationBody = raw({ type: () => true, inflate: false, limit: limits.notificationBytes })

/** How a channel is told what became of its notification. */
export interface NotificationAnswers {
  /** Stored, also when it fits nothing here. */
  stored(res: Response): void
  /** It proves nothing. */
  refused(res: Response): void
}

/**
 * Takes a channel's notifications. Verified on the raw bytes, stored, then settled; what takes longer is finished by the
 * sweep. An error of ours becomes a 5xx, after which every channel comes again.
 */
export const takeNotification =
  (services: Services, channel: ChannelName, answers: NotificationAnswers): RequestHandler =>
  async (req, res) => {
    const merchant = String(req.params.merchant)
    const notification = open(services, channel, merchant, req.headers, req.body)
    if (typeof notification === 'string') {
      req.log.warn({ merchant, reason: notification }, 'notification refused')
      return answers.refused(res)
    }
    const { key } = await storeVerified(services, { channel, mchid: merchant }, notification)
    const settled = settleNotification(services, key, notification).then(
      () => 'settled' as const,
      (error: unknown) => {
        req.log.error({ err: error, notificationId: key.notificationId }, 'settling left to the sweep')
        return 'left' as const
      },
    )
    await Promise.race([settled, wait(limits.settleBeforeAnswerMs, undefined, { ref: false })])
    answers.stored(res)
  }

function open(
  services: Services,
  channel: ChannelName,
  merchant: string,
  headers: IncomingHttpHeaders,
  body: unknown,
): ChannelNotification | string {
  if (!Buffer.isBuffer(body)) return 'no body'
  try {
    return channelOf(services, channel).readNotification(merchant, headers, body)
  } catch (error) {
    if (error instanceof InvalidNotification) return error.reason
    throw error
  }
}
