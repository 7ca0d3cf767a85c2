import { NotAsWritten } from './play.ts'
import type { Play } from './play.ts'
import type { VerdictStep } from './scenario.ts'
import { send } from './send.ts'
import type { Reply } from './send.ts'
import { until } from './until.ts'
import { filledIn } from './variables.ts'

/** Asks for the sandbox's verdict until it is as the step says. */
export async function judge(play: Play, step: VerdictStep): Promise<void> {
  const { server, token, sandbox } = play.stage
  if (server === undefined)
    throw new NotAsWritten('a verdict needs the merchant’s server: give it with --server')
  const query = new URLSearchParams({
    server,
    ...(step.bill !== undefined && { bill: filledIn(step.bill, play.variables) }),
  })
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const verdict = () => send(`${sandbox}/_sandbox/verdict?${query}`, 'GET', headers)
  // What is under way may still end well; what is wrong on purpose is wrong at once.
  const patience = { until: {}, withinMs: step.withinMs }
  const counts = filledIn(step.counts, play.variables)
  await until(play, patience, verdict, (reply) => verdictMismatch(counts, reply))
}

function verdictMismatch(expected: Record<string, number>, { status, body }: Reply): string | null {
  const verdict = body as {
    message?: string
    differences?: { kind: string; message: string; outTradeNo: string }[]
  }
  if (status !== 200 || !verdict.differences) return verdict.message ?? `the verdict answers ${status}`
  const counts: Record<string, number> = {}
  for (const { kind } of verdict.differences) counts[kind] = (counts[kind] ?? 0) + 1
  const kinds = new Set([...Object.keys(expected), ...Object.keys(counts)])
  const isAsExpected = [...kinds].every((kind) => counts[kind] === expected[kind])
  if (isAsExpected) return null
  const found = verdict.differences.slice(0, 5).map((one) => `${one.kind} ${one.outTradeNo}: ${one.message}`)
  return `the verdict expected ${JSON.stringify(expected)}, got ${JSON.stringify(counts)}\n  ${found.join('\n  ')}`
}
