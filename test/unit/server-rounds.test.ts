import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { limits } from '../../server/config/limits.ts'
import { startLanes } from '../../server/jobs/lanes.ts'
import { startRounds } from '../../server/jobs/rounds.ts'

const log = pino({ enabled: false })
const turn = () => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

test('a round that leaves something waiting is followed by the next one at once, the last by a second of rest', async () => {
  let left = 5
  const rounds = startRounds(async () => (left -= 1) > 0, { log })
  await turn()
  expect(left).toBe(0)
  await rounds.stop()
})

test('a stop waits for the round under way, and not for all that is waiting', async () => {
  const many = 10_000
  let gone = 0
  const rounds = startRounds(
    async () => {
      await turn()
      return (gone += 1) < many
    },
    { log },
  )
  await turn()
  await rounds.stop()
  expect(gone).toBeLessThan(10)
})

test('a round that fails is tried again a second later', async () => {
  let gone = 0
  const rounds = startRounds(
    async () => {
      if ((gone += 1) === 1) throw new Error('PostgreSQL is away')
      return false
    },
    { log },
  )
  await turn()
  vi.advanceTimersByTime(limits.sweepEveryMs)
  await turn()
  expect(gone).toBe(2)
  await rounds.stop()
})

describe('lanes', () => {
  /** Two merchants: what is asked of the one hangs until it is let go, what is asked of the other is done at once. */
  function twoLanes(atOnceCount: number) {
    const due = { hanging: 10, good: 10 }
    const done: string[] = []
    const held: (() => void)[] = []
    const lanes = startLanes(
      {
        findLanes: async () => ['hanging', 'good'] as const,
        nameOf: (lane) => lane,
        claim: async (lane, count) => {
          const taken = Math.min(count, due[lane])
          due[lane] -= taken
          return Array<'hanging' | 'good'>(taken).fill(lane)
        },
        work: (lane) =>
          lane === 'good' ? turn().then(() => void done.push(lane)) : new Promise((go) => held.push(go)),
        atOnceCount,
      },
      log,
    )
    return { lanes, due, done, held, letGo: () => held.splice(0).forEach((go) => go()) }
  }

  test('what hangs in one lane keeps no item of another lane waiting', async () => {
    const { lanes, done, held, letGo } = twoLanes(4)
    for (let turns = 0; turns < 20; turns += 1) await turn()
    expect(done).toHaveLength(10)
    expect(held).toHaveLength(4)
    const stopped = lanes.stop()
    letGo()
    await stopped
  })

  test('one item that hangs leaves the other places of its lane to others', async () => {
    const { lanes, due, held, letGo } = twoLanes(4)
    for (let turns = 0; turns < 5; turns += 1) await turn()
    held.splice(0, 3).forEach((go) => go())
    for (let turns = 0; turns < 5; turns += 1) await turn()
    expect(due.hanging).toBeLessThan(6)
    const stopped = lanes.stop()
    letGo()
    await stopped
  })

  test('a stop claims nothing more and waits for what is under way', async () => {
    const { lanes, due, letGo } = twoLanes(4)
    await turn()
    let isStopped = false
    const stopped = lanes.stop().then(() => (isStopped = true))
    await turn()
    expect(isStopped).toBe(false)
    letGo()
    await stopped
    expect(due.hanging).toBe(6)
  })
})
