import { diagnosisOfCall, diagnosisOfNotification } from './diagnosis.ts'
import type { Message } from './message.ts'
import { eventInWords, routeInWords, speakersOfCall, speakersOfNotification } from './route-words.ts'
import { verdictOfCall, verdictOfNotification } from './verdict.ts'
import type { Verdict } from './verdict.ts'

/** A message as a row of any list shows it. */
export interface MessageLine {
  words: string
  verdict: Verdict
  /** Who speaks to whom. */
  direction: string
  outTradeNo: string | null
  /** Why it failed, in one line; empty: it did not. */
  why: string
}

/** Reads a message for a list. */
export function lineOf(message: Message): MessageLine {
  if (message.kind === 'call') {
    const { call } = message
    return {
      words: routeInWords(call),
      verdict: verdictOfCall(call),
      direction: speakersOfCall(call),
      outTradeNo: call.outTradeNo,
      why: diagnosisOfCall(call),
    }
  }
  const { notification } = message
  return {
    words: eventInWords(notification.eventType),
    verdict: verdictOfNotification(notification),
    direction: speakersOfNotification(notification),
    outTradeNo: notification.outTradeNo,
    why: diagnosisOfNotification(notification),
  }
}
