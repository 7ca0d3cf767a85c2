import { decrypt } from '../support/sandbox-client.ts'
import type { Passing } from './wire.ts'

/** What a message is about. */
export interface About {
  /** Of ours; empty when there is none. */
  orderId: string
  /** Its numbers without what is random in them: the same in every run of a seed. */
  label: string
  outTradeNo: string | null
}

/** A number of ours: entry 2, kind 1 (1: payment, 2: refund), goods 2, moment 12, order 13, attempt 2. */
const NUMBER = /\b[0-9]{2}[12][0-9]{14}[0-9A-Z]{15}\b/g

/** "101": the first payment of its order; "202": the second refund. */
export const labelOf = (number: string): string => number[2]! + number.slice(30)

/** Reads the numbers in a message; a notification is opened with the merchant's key. */
export function readAbout(passing: Passing, apiV3Key: string): About {
  const text =
    passing.direction === 'to-wechat' ? passing.path + passing.body.toString() : opened(passing, apiV3Key)
  const numbers = [...new Set(text.match(NUMBER))].toSorted((a, b) => labelOf(a).localeCompare(labelOf(b)))
  // A refund of the platform has a number of WeChat's: told apart from its payment by what it tells.
  const kind = text.includes('"refund_status"') ? ' refunded' : ''
  return {
    orderId: numbers[0]?.slice(17, 30) ?? '',
    label: numbers.map(labelOf).join('+') + kind,
    outTradeNo: numbers.find((number) => number[2] === '1') ?? null,
  }
}

function opened(passing: Passing, apiV3Key: string): string {
  const { resource } = JSON.parse(passing.body.toString()) as { resource: Parameters<typeof decrypt>[1] }
  return decrypt(apiV3Key, resource)
}
