import { isSentence, t } from '../words/t.ts'

/** What comes with a no. A code has a sentence here, in the language of whoever reads. */
interface Said {
  message?: string
  reason?: string
  code?: string
}

/** The control plane said no; the message is for the person at the desk. */
export class Refusal extends Error {}

/**
 * GET without a body, else POST, to a control route below /_sandbox.
 * @throws Refusal when the sandbox does not answer, or says no
 */
export async function ask<Answer>(
  path: string,
  body?: object,
  method = body === undefined ? 'GET' : 'POST',
  headers: Record<string, string> = {},
): Promise<Answer> {
  const init = body
    ? { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } }
    : { headers }
  const answer = await fetch(`/_sandbox${path}`, { method, ...init }).catch(() => null)
  if (answer === null) throw new Refusal(t('trouble.unreachable'))
  const read = (await answer.json().catch(() => ({}))) as Answer & Said
  if (!answer.ok) {
    const why = [read.message, read.reason].filter(Boolean).join(' · ') || `HTTP ${answer.status}`
    const ours = `trouble.${read.code}`
    throw new Refusal(t(isSentence(ours) ? ours : 'trouble.refused', { why }))
  }
  return read
}
