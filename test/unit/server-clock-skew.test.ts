import { pino } from 'pino'
import { expect, test } from 'vitest'
import { limits } from '../../server/config/limits.ts'
import { createClockSkew } from '../../server/shared/clock-skew.ts'

const MINUTE = 60_000

/** A machine whose clock is ahead by so much, and what it logs. */
function machine(aheadMs: number) {
  const lines: string[] = []
  const log = pino({ base: null }, { write: (line: string) => void lines.push(line) })
  const off = { ms: aheadMs }
  const skew = createClockSkew(log, () => Date.now() + off.ms)
  const hear = (times: number, oddMs = 0) => {
    for (let i = 0; i < times; i += 1) skew.heard(new Date(Date.now() + oddMs).toUTCString())
  }
  return { skew, hear, lines, off }
}

test.each([
  [10 * MINUTE, /clock is (599|60[01]) s ahead.*NTP/],
  [-10 * MINUTE, /clock is (599|60[01]) s behind.*NTP/],
])('a clock that is %i ms off is named once in the log, and the server is not ready', (offMs, sentence) => {
  const { skew, hear, lines } = machine(offMs)
  hear(5)
  expect(skew.fault()).toMatch(sentence)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(sentence)
})

test('a clock that is a minute off is a warning and no fault; one within seconds is neither', () => {
  const minute = machine(MINUTE)
  minute.hear(5)
  expect([minute.skew.fault(), minute.skew.warning()]).toEqual([null, expect.stringContaining('60 s ahead')])
  const good = machine(2_000)
  good.hear(5)
  expect([good.skew.fault(), good.skew.warning(), good.lines]).toEqual([null, null, []])
})

test('one odd answer, none, and what is no date change nothing', () => {
  const { skew, hear } = machine(0)
  hear(1, -MINUTE * 60)
  expect(skew.aheadMs()).toBeNull()
  hear(2)
  skew.heard('yesterday')
  skew.heard(undefined)
  expect(skew.fault()).toBeNull()
})

test('a clock that was set is right again after three answers, and is looked at each minute until then', () => {
  const { skew, hear, off } = machine(limits.clockFailMs + MINUTE)
  hear(5)
  expect([skew.fault() !== null, skew.isLookDue()]).toEqual([true, true])
  off.ms = 0
  hear(3)
  expect([skew.fault(), skew.isLookDue()]).toEqual([null, false])
})
