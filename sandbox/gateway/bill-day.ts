import { beijingTime } from '../world/clock.ts'
import { must, text } from './fields.ts'
import { badParameter, invalidRequest, NUMBERS, Refused } from './refusal.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
export const BILL_DATE = must(text('账单日期', 10, { minBytes: 10, pattern: /^\d{4}-\d{2}-\d{2}$/ }))

/** A day in UTC+8, as bills count days. */
export interface BillDay {
  fromMs: number
  /** The first moment that is no longer in it. */
  untilMs: number
  /** When WeChat writes the bill down: later changes are not in it. */
  writtenAtMs: number
}

const midnight = (date: string) => Date.parse(`${date}T00:00:00+08:00`)

/**
 * The day of a bill that can be had now, from a date in the form of BILL_DATE: written from 09:00 of the next day, fetched from 10:00, for three months.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012556654
 */
export function readBillDay(date: string, nowMs: number): BillDay {
  const fromMs = midnight(date)
  if (Number.isNaN(fromMs) || beijingTime(fromMs).slice(0, 10) !== date) {
    throw badParameter('/query/bill_date', date, '账单日期bill_date不是有效的日期')
  }
  const untilMs = fromMs + DAY_MS
  if (nowMs < untilMs) throw invalidRequest('只能下载当天以前的账单')
  const oldest = new Date(midnight(beijingTime(nowMs).slice(0, 10)) + 8 * HOUR_MS)
  oldest.setUTCMonth(oldest.getUTCMonth() - 3)
  if (fromMs + 8 * HOUR_MS < oldest.getTime()) throw invalidRequest('只能下载三个月以内的账单')
  if (nowMs < untilMs + 10 * HOUR_MS) {
    throw new Refused({
      status: 400,
      code: 'STATEMENT_CREATING',
      message: '账单生成中，请在10点后再试',
      number: NUMBERS.parameter,
    })
  }
  return { fromMs, untilMs, writtenAtMs: untilMs + 9 * HOUR_MS }
}
