import { randomUUID } from 'node:crypto'
import type { BusinessClock } from './clock.ts'
import type { RefundEnd } from './refunds.ts'

/**
 * Where weather can strike. 'notify' is the notification of a payment being sent, 'refund-notify' that of a refund,
 * 'medical-notify' that of a medical insurance order; 'pay' is a person paying; 'bill-row' and 'bill-refund-row' are the
 * rows of a trade bill being printed; the others are requests.
 */
export const WEATHER_APIS = [
  'prepay',
  'query',
  'close',
  'refund',
  'refund-query',
  'refund-abnormal',
  'bill',
  'bill-download',
  'certificates',
  'combine-prepay',
  'combine-query',
  'combine-close',
  'medical-order',
  'medical-query',
  'medical-refund',
  'notify',
  'refund-notify',
  'medical-notify',
  'pay',
  'bill-row',
  'bill-refund-row',
  'jscode2session',
  'oauth-token',
  'token',
  'link',
  'phone-number',
  'shipping',
  'alipay.trade.wap.pay',
  'alipay.trade.page.pay',
  'alipay.trade.precreate',
  'alipay.trade.query',
  'alipay.trade.close',
  'alipay.trade.refund',
  'alipay.trade.fastpay.refund.query',
  'alipay.notify',
] as const
export type WeatherApi = (typeof WEATHER_APIS)[number]

/** Which moments a rule is for. Everything that is given must agree. */
export interface Match {
  api?: WeatherApi
  mchid?: string
  appid?: string
  outTradeNo?: string
  /** Only moments for which there is no room: `count` fit into any `inMs` of business time, as WeChat limits rates. */
  over?: { count: number; inMs: number }
  /** Only the nth moment (from 1) that the fields above match. */
  nth?: number
  /** 0 to 1. */
  probability?: number
  /** Makes `probability` repeatable. */
  seed?: number
  /** Stops after it has struck so often. */
  times?: number
  /** Stops after so many milliseconds of business time. */
  ttl?: number
}

/** An error that WeChat would answer. */
export interface ErrorEffect {
  status: number
  code: string
  message?: string
}

/** What happens. */
export interface Effect {
  /** Answered instead of doing anything. */
  error?: ErrorEffect
  /** Machine time that passes before the answer, or before the notification leaves. */
  delayMs?: number
  /** The connection breaks before anything was done. */
  dropBefore?: boolean
  /** It was done, and the connection breaks before the answer. */
  dropAfter?: boolean
  /** The signature is a valid one of other bytes. */
  corruptSignature?: boolean
  /** WeChat's own probe: a signature that begins with WECHATPAY/SIGNTEST/. */
  signtest?: boolean
  /** Wechatpay-Serial names a key that nobody has. */
  wrongSerial?: boolean
  /** Signed as if so many milliseconds ago (negative: in the future). */
  staleMs?: number
  /**
   * Fields changed before signing (in a notification: before encrypting; in a bill: cells by the name of their column):
   * WeChat itself says something else.
   */
  alter?: Record<string, unknown>
  /** Fields changed after signing: somebody on the way did it. */
  tamper?: Record<string, unknown>
  /** A refund made now will end like this. */
  refundEnd?: RefundEnd
  /** An order younger than five minutes is not closed: WeChat asks merchants to wait so long. */
  refuseEarlyClose?: boolean
  /** A coupon pays so many fen, the person the rest. */
  couponFen?: number
  /** A notification is sent so many times more, at once. A row of a bill is printed so often more. */
  duplicate?: number
  /** A notification waits three seconds of business time, so that later ones overtake it. */
  reorder?: boolean
  /** A notification is never sent; it counts as an attempt that failed. A row is left out of a bill. */
  lose?: boolean
}

/** A rule as the control plane shows it. */
export interface Rule {
  id: string
  match: Match
  effect: Effect
  /** How often the fields matched, and how often it struck. */
  matched: number
  struck: number
}

/** A rule was made, struck, or is gone. */
export interface RuleChange {
  kind: 'rule'
  rule: Rule
  removed: boolean
}

/** A moment in which weather may strike. */
export interface Occasion {
  api: WeatherApi
  mchid?: string | undefined
  appid?: string | undefined
  outTradeNo?: string | undefined
}

/** The rules in force. They are never kept over a restart. */
export interface Weather {
  add(match: Match, effect: Effect): Rule
  all(): Rule[]
  remove(id: string): boolean
  clear(): void
  /** What strikes now; with several rules the oldest wins field by field. Counts as a matched moment. */
  strike(occasion: Occasion): Effect
}

interface LiveRule extends Rule {
  createdAtMs: number
  draw: () => number
  /** When those moments were that found room in the window of `over`. */
  takenMs: number[]
}

/** Mulberry32: a small generator that repeats for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Whether the window is full already; a moment that finds room in it takes its place. */
function exceeds(
  takenMs: number[],
  { count, inMs }: { count: number; inMs: number },
  nowMs: number,
): boolean {
  while (takenMs.length > 0 && nowMs - takenMs[0]! >= inMs) takenMs.shift()
  if (takenMs.length >= count) return true
  takenMs.push(nowMs)
  return false
}

const NOTHING: Effect = Object.freeze({})

export function createWeather(clock: BusinessClock, onChange: (change: RuleChange) => void): Weather {
  const tell = (rule: LiveRule, removed = false) => onChange({ kind: 'rule', rule: viewOf(rule), removed })
  const rules = new Map<string, LiveRule>()
  const strikes = (rule: LiveRule, occasion: Occasion): boolean => {
    const { match } = rule
    if (match.api !== undefined && match.api !== occasion.api) return false
    if (match.mchid !== undefined && match.mchid !== occasion.mchid) return false
    if (match.appid !== undefined && match.appid !== occasion.appid) return false
    if (match.outTradeNo !== undefined && match.outTradeNo !== occasion.outTradeNo) return false
    if (match.ttl !== undefined && clock.nowMs() >= rule.createdAtMs + match.ttl) return false
    if (match.over !== undefined && !exceeds(rule.takenMs, match.over, clock.nowMs())) return false
    rule.matched += 1
    if (match.nth !== undefined && rule.matched !== match.nth) return false
    if (match.times !== undefined && rule.struck >= match.times) return false
    if (match.probability !== undefined && rule.draw() >= match.probability) return false
    rule.struck += 1
    tell(rule)
    return true
  }
  return {
    add(match, effect) {
      const draw = match.seed === undefined ? Math.random : seeded(match.seed)
      const id = randomUUID()
      const counts = { matched: 0, struck: 0, takenMs: [] }
      const rule: LiveRule = { id, match, effect, ...counts, createdAtMs: clock.nowMs(), draw }
      rules.set(id, rule)
      tell(rule)
      return viewOf(rule)
    },
    all: () => [...rules.values()].map(viewOf),
    remove(id) {
      const rule = rules.get(id)
      if (rule) tell(rule, true)
      return rules.delete(id)
    },
    clear() {
      for (const rule of rules.values()) tell(rule, true)
      rules.clear()
    },
    strike(occasion) {
      if (rules.size === 0) return NOTHING
      let struck: Effect = NOTHING
      for (const rule of rules.values()) if (strikes(rule, occasion)) struck = { ...rule.effect, ...struck }
      return struck
    },
  }
}

function viewOf({ id, match, effect, matched, struck }: LiveRule): Rule {
  return { id, match, effect, matched, struck }
}

/** How the inbox marks what a rule had a hand in. */
export const markOf = (effect: Effect): { byRule?: true } =>
  Object.keys(effect).length > 0 ? { byRule: true } : {}
