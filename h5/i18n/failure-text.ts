import type { Failure } from '../api/failure.ts'
import { language, problemText, t } from './t.ts'

/** What to tell the customer: what happened, and what to do next. */
export interface FailureText {
  title: string
  advice: string
}

/** Words for a Failure. The server's own sentence is Chinese, so English readers get ours. */
export function failureText(failure: Failure): FailureText {
  if (failure.kind !== 'problem')
    return { title: t(`failure.${failure.kind}`), advice: adviceFor(failure.kind) }
  const { problem } = failure
  const { status, detail } = problem
  const isMissing = status === 404
  const title = t(isMissing ? 'failure.not-found' : 'failure.problem')
  if (language() === 'zh-CN') return { title, advice: detail }
  const ours = problemText(problem)
  return { title, advice: ours ?? t(isMissing ? 'failure.not-found-advice' : 'failure.problem-advice') }
}

function adviceFor(kind: Exclude<Failure['kind'], 'problem'>): string {
  return t(`failure.${kind}-advice`)
}
