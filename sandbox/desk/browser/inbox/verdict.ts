import { t } from '../words/t.ts'
import type { CallView, NotificationView } from '../sandbox/views.ts'
import { isWell } from './messages.ts'

/** A short word on how it went, and how it is coloured. */
export interface Verdict {
  words: string
  tone: 'good' | 'bad' | 'open' | 'idle'
}

/** 200, 401 SIGN_ERROR, errcode 40029, ACQ.TRADE_NOT_EXIST, or that nothing was answered. */
export function verdictOfCall(call: Pick<CallView, 'status' | 'verdict'>): Verdict {
  if (call.status === 0) return { words: t('verdict.dropped'), tone: 'open' }
  if (isWell(call)) return { words: String(call.status), tone: 'good' }
  if (call.verdict.startsWith('errcode')) return { words: call.verdict, tone: 'bad' }
  const [code = ''] = call.verdict.split(' ')
  const isAlone = code === String(call.status) || call.status === 200
  return { words: isAlone ? code : `${call.status} ${code}`, tone: 'bad' }
}

/** What became of a notification: the last attempt tells why it is still open. */
export function verdictOfNotification({
  state,
  attempts,
}: Pick<NotificationView, 'state' | 'attempts'>): Verdict {
  if (state === 'accepted') return { words: t('verdict.accepted'), tone: 'good' }
  const last = attempts.at(-1)
  const words = last ? wordsOfAttempt(last.verdict, last.status) : t('verdict.on-its-way')
  return {
    words: state === 'given-up' ? `${t('verdict.given-up')} · ${words}` : words,
    tone: last ? 'bad' : 'open',
  }
}

/** One attempt in words. */
export function wordsOfAttempt(verdict: string, status: number | null): string {
  switch (verdict) {
    case 'accepted':
      return t('verdict.accepted')
    case 'refused':
      return t('verdict.refused', { status: status ?? '' })
    case 'timed out':
      return t('verdict.timed-out')
    case 'unreachable':
      return t('verdict.unreachable')
    case 'lost by a rule':
      return t('verdict.lost')
    default:
      return verdict
  }
}
