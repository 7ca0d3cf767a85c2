import { expect, test } from 'vitest'
import { createPulse } from '../../server/store/pulse.ts'

test('silence is counted from the first query after the last answer, and only while one was asked', () => {
  let nowMs = 0
  const pulse = createPulse(() => nowMs)
  nowMs = 60_000
  expect(pulse.silentMs()).toBe(0)
  pulse.asked()
  nowMs = 70_000
  pulse.asked()
  nowMs = 91_000
  expect(pulse.silentMs()).toBe(31_000)
  pulse.answered()
  expect(pulse.silentMs()).toBe(0)
})
