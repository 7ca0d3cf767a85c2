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
  if (call.status === 0) return t(call.byRule ? 'why.dropped-by-rule' : 'why.dropped')
  if (isWell(call)) return ''
  if (call.byRule) return t('why.by-rule', { message: messageOf(call) })
  if (call.verdict.startsWith('SIGN_ERROR')) return signatureOf(call)
  return messageOf(call)
}

/** What WeChat said in its answer, without the code that the verdict shows. */
function messageOf({ verdict, answer }: CallView): string {
  return verdict.startsWith('errcode') ? messageIn(answer) : verdict.split(' ').slice(1).join(' ')
}

/** The last attempt tells why a notification is not accepted. */
export function diagnosisOfNotification({ state, attempts }: NotificationView): string {
  const last = attempts.at(-1)
  return state === 'accepted' || !last ? '' : diagnosisOfAttempt(last)
}

/** Why one attempt was not accepted. A wrong signature that WeChat sends on purpose is named first: refusing it is right. */
export function diagnosisOfAttempt({ verdict, status, answer, headers, byRule }: AttemptView): string {
  if ((headers['Wechatpay-Signature'] ?? '').startsWith('WECHATPAY/SIGNTEST/')) return t('why.signtest')
  if (verdict === 'lost by a rule') return t('why.lost')
  if (verdict === 'timed out') return t('why.timed-out')
  if (verdict === 'unreachable') return t('why.unreachable')
  if (verdict !== 'refused') return ''
  const said = { status: status ?? '', answer: messageIn(answer) }
  return t(byRule ? 'why.refused-by-rule' : 'why.refused', said)
}

/** The gateway explains signatures call by call, so it is asked once for each call in sight. */
function signatureOf(call: CallView): string {
  const known = signatures.get(call.id)
  if (known !== undefined) return known
  signatures.set(call.id, '')
  ask<ExplainedCall>(`/calls/${call.id}`).then(
    ({ signature }) => {
      const isFaulty = signature !== null && signature.fault !== 'none'
      signatures.set(call.id, isFaulty ? (adviceOn(signature).at(-1) ?? '') : messageOf(call))
    },
    // The sandbox keeps it no longer: its verdict is all that is known.
    () => void signatures.set(call.id, messageOf(call)),
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
