import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { limits } from '../../server/config/limits.ts'
import { startRounds } from '../../server/jobs/rounds.ts'

const log = pino({ enabled: false })
const turn = () => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

test('a round that leaves something waiting is followed by the next one at once, the last by a second of rest', async () => {
  let left = 5
  const rounds = startRounds(async () => (left -= 1) > 0, log)
  vi.advanceTimersByTime(limits.sweepEveryMs)
  await turn()
  expect(left).toBe(0)
  await rounds.stop()
})

test('a stop waits for the round under way, and not for all that is waiting', async () => {
  const many = 10_000
  let gone = 0
  const rounds = startRounds(async () => {
    await turn()
    return (gone += 1) < many
  }, log)
  vi.advanceTimersByTime(limits.sweepEveryMs)
  await turn()
  await rounds.stop()
  expect(gone).toBeLessThan(10)
})

test('a round that fails is tried again a second later', async () => {
  let gone = 0
  const rounds = startRounds(async () => {
    if ((gone += 1) === 1) throw new Error('PostgreSQL is away')
    return false
  }, log)
  for (let second = 0; second < 2; second += 1) {
    vi.advanceTimersByTime(limits.sweepEveryMs)
    await turn()
  }
  expect(gone).toBe(2)
  await rounds.stop()
})
