import { shallowReactive } from 'vue'
import { ask } from '../sandbox/ask.ts'
import type { AttemptView, CallView, ExplainedCall, NotificationView } from '../sandbox/views.ts'
import { adviceOn } from '../signature/advice.ts'
import { t } from '../words/t.ts'
import { isWell } from './messages.ts'

/** What was found out about a call's signature, by the call's id. Empty while it is being asked. */
const signatures = shallowReactive(new Map<number, string>())

/** Why something failed, in one line; empty: it did not, or nothing more is known than its verdict. */
export function diagnosisOfCall(call: CallView): string {
  if (call.status === 0) return t('why.dropped')
  if (isWell(call)) return ''
  if (call.verdict.startsWith('SIGN_ERROR')) return signatureOf(call)
  if (call.verdict.startsWith('errcode')) return messageIn(call.answer)
  const [code = '', ...words] = call.verdict.split(' ')
  return code === String(call.status) ? '' : words.join(' ')
}

/** The last attempt tells why a notification is not accepted. */
export function diagnosisOfNotification({ state, attempts }: NotificationView): string {
  const last = attempts.at(-1)
  return state === 'accepted' || !last ? '' : diagnosisOfAttempt(last)
}

/** Why one attempt was not accepted. A wrong signature that WeChat sends on purpose is named first: refusing it is right. */
export function diagnosisOfAttempt({ verdict, status, answer, headers }: AttemptView): string {
  if ((headers['Wechatpay-Signature'] ?? '').startsWith('WECHATPAY/SIGNTEST/')) return t('why.signtest')
  if (verdict === 'lost by a rule') return t('why.lost')
  if (verdict === 'timed out') return t('why.timed-out')
  if (verdict === 'unreachable') return t('why.unreachable')
  return verdict === 'refused' ? t('why.refused', { status: status ?? '', answer: messageIn(answer) }) : ''
}

/** The gateway explains signatures call by call, so it is asked once for each call in sight. */
function signatureOf({ id, verdict }: CallView): string {
  const known = signatures.get(id)
  if (known !== undefined) return known
  signatures.set(id, '')
  ask<ExplainedCall>(`/calls/${id}`).then(
    ({ signature }) => void signatures.set(id, signature ? (adviceOn(signature).at(-1) ?? '') : ''),
    // The sandbox keeps it no longer: its verdict is all that is known.
    () => void signatures.set(id, verdict.split(' ').slice(1).join(' ')),
  )
  return ''
}

/** The sentence in a JSON answer of WeChat's or a merchant's; else the beginning of the text. */
function messageIn(answer: string): string {
  try {
    const read = JSON.parse(answer) as {
      message?: unknown
      errmsg?: unknown
      detail?: unknown
      title?: unknown
    }
    const said = read.message ?? read.errmsg ?? read.detail ?? read.title
    if (typeof said === 'string') return said
  } catch {
    // Not JSON.
  }
  return answer.replace(/\s+/g, ' ').slice(0, 120)
}
