import type { RequestHandler } from 'express'
import type { Services } from '../services.ts'
import { takeNotification } from './take.ts'

/**
 * Takes Alipay's notifications. It reads the body alone: `success` and nothing else ends its ladder.
 * https://opendocs.alipay.com/open/203/105286
 */
export const takeAlipayNotification = (services: Services): RequestHandler =>
  takeNotification(services, 'alipay', {
    stored: (res) => void res.type('text').send('success'),
    refused: (res) => void res.status(401).type('text').send('failure'),
  })
