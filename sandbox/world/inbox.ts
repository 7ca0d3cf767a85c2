/** A request that reached the sandbox, and what came of it. */
export interface CallRecord {
  id: number
  /** Business time, ISO 8601. */
  at: string
  /** Machine time, by which signatures are judged. */
  receivedAtMs: number
  method: string
  /** Path and query as received. */
  url: string
  headers: Record<string, string | string[] | undefined>
  /** At most the first 4,096 characters. */
  body: string
  /** 'ok', or why it was refused. */
  verdict: string
  status: number
  answerHeaders: Record<string, string>
  answer: string
  durationMs: number
  mchid: string | null
  /** Of a call that was refused unread, e.g. for its signature: the number it claims. */
  outTradeNo: string | null
  /** A rule (fault) had a hand in what came of it; absent: none had. */
  byRule?: true
}

/** One try to deliver a notification. */
export interface AttemptRecord {
  /** Business time, ISO 8601. */
  at: string
  /** 'accepted', 'refused', 'timed out', 'unreachable', 'lost by a rule'. */
  verdict: string
  /** The merchant's answer; null when there was none. */
  status: number | null
  answer: string
  durationMs: number
  headers: Record<string, string>
  body: string
  /** A rule (fault) had a hand in what was sent, or in what came of it; absent: none had. */
  byRule?: true
}

/** A notification and everything that happened to it. */
export interface NotificationRecord {
  id: string
  eventType: string
  mchid: string
  outTradeNo: string
  url: string
  state: 'pending' | 'accepted' | 'given-up'
  /** Business time of the next try; null when there is none. */
  nextAt: string | null
  /** All attempts that were made; the list keeps the last twenty. */
  attemptCount: number
  attempts: AttemptRecord[]
  /** The resource in clear text, as encrypted in the last attempt. */
  resource: string
}

/** Something arrived, or went on. */
export type InboxChange =
  { kind: 'call'; call: CallRecord } | { kind: 'notification'; notification: NotificationRecord }

/** For people who watch. Bounded; the ledger never needs it. */
export interface Inbox {
  recordCall(call: Omit<CallRecord, 'id' | 'receivedAtMs'>): void
  /** Undefined: there was none, or it is forgotten. */
  call(id: number): CallRecord | undefined
  calls(): CallRecord[]
  recordNotification(record: NotificationRecord): void
  notification(id: string): NotificationRecord | undefined
  notifications(): NotificationRecord[]
  clear(): void
}

/** How many calls and how many notifications are remembered. */
export const INBOX_SIZE = 2_000
const BODY_CHARACTERS = 4_096
const KEPT_ATTEMPTS = 20

export function createInbox(tell: (change: InboxChange) => void): Inbox {
  let nextId = 1
  const calls = new Map<number, CallRecord>()
  const notifications = new Map<string, NotificationRecord>()
  const bound = <Key>(map: Map<Key, unknown>) => {
    if (map.size > INBOX_SIZE) map.delete(map.keys().next().value as Key)
  }
  return {
    recordCall(call) {
      const kept = {
        id: nextId++,
        receivedAtMs: Date.now(),
        ...call,
        body: call.body.slice(0, BODY_CHARACTERS),
      }
      calls.set(kept.id, kept)
      bound(calls)
      tell({ kind: 'call', call: kept })
    },
    call: (id) => calls.get(id),
    calls: () => [...calls.values()],
    recordNotification(record) {
      if (record.attempts.length > KEPT_ATTEMPTS)
        record.attempts.splice(0, record.attempts.length - KEPT_ATTEMPTS)
      notifications.set(record.id, record)
      bound(notifications)
      tell({ kind: 'notification', notification: record })
    },
    notification: (id) => notifications.get(id),
    notifications: () => [...notifications.values()],
    clear() {
      calls.clear()
      notifications.clear()
    },
  }
}
