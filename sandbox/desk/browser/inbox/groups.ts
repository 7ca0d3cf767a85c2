import { isWell } from './messages.ts'
import type { Message } from './message.ts'
import { eventInWords, routeInWords } from './route-words.ts'

/** Equal failures in a row, or one message of any other kind. */
export interface Group {
  /** Stays the same while newer ones join. */
  key: string
  newest: Message
  /** All of them, newest first. */
  messages: Message[]
}

/** Puts neighbours that failed in the same way into one group. What went well stands alone. */
export function grouped(messages: readonly Message[]): Group[] {
  const groups: Group[] = []
  let last: string | null = null
  for (const message of messages) {
    const failure = failureOf(message)
    const group = groups.at(-1)
    if (group && failure !== null && failure === last) {
      group.messages.push(message)
      group.key = message.key
    } else groups.push({ key: message.key, newest: message, messages: [message] })
    last = failure
  }
  return groups
}

/** What makes two failures equal; null: it did not fail, or is not over. */
function failureOf(message: Message): string | null {
  if (message.kind === 'call') {
    const { call } = message
    return isWell(call) ? null : ['call', routeInWords(call), call.status, call.verdict].join(' ')
  }
  const { state, attempts, eventType } = message.notification
  const last = attempts.at(-1)
  if (state === 'accepted' || !last) return null
  return ['notification', eventInWords(eventType), state, last.verdict, last.status, last.answer].join(' ')
}
