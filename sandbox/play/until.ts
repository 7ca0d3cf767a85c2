import { setTimeout as pause } from 'node:timers/promises'
import { NotAsWritten } from './play.ts'
import type { Play } from './play.ts'
import type { Answer } from './scenario.ts'
import { send } from './send.ts'
import type { Reply } from './send.ts'

/** The other side needs time of its own between two questions, and some when business time is used up. */
const BETWEEN_QUESTIONS_MS = 100
const PATIENCE_MS = 15_000
/** Business time goes on in so many pieces while something is awaited. */
const PIECES = 20

/** Business time goes on. */
export async function advance({ stage }: Play, advanceMs: number): Promise<void> {
  await send(`${stage.sandbox}/_sandbox/clock`, 'POST', {}, { advanceMs })
}

/** Asks until nothing is amiss. First business time goes on piece by piece, then machine time only. */
export async function until(
  play: Play,
  { until: isAwaited, withinMs }: { until?: Answer | undefined; withinMs: number },
  question: () => Promise<Reply>,
  amiss: (reply: Reply) => string | null,
): Promise<Reply> {
  let leftMs = withinMs
  const piecesMs = Math.max(1_000, Math.ceil(withinMs / PIECES))
  let deadline = Number.POSITIVE_INFINITY
  for (;;) {
    const reply = await question()
    const fault = amiss(reply)
    if (fault === null) return reply
    if (!isAwaited) throw new NotAsWritten(fault)
    if (leftMs > 0) {
      await advance(play, Math.min(piecesMs, leftMs))
      leftMs -= piecesMs
    } else if (deadline === Number.POSITIVE_INFINITY) deadline = Date.now() + PATIENCE_MS
    if (Date.now() > deadline) throw new NotAsWritten(`${fault} (waited in vain)`)
    await pause(BETWEEN_QUESTIONS_MS)
  }
}
