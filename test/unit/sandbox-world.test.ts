import { X509Certificate, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createAlarm } from '../../sandbox/world/alarm.ts'
import { issueCertificate } from '../../sandbox/world/certificate.ts'
import { beijingTime, createClock } from '../../sandbox/world/clock.ts'

describe('the business clock', () => {
  let machineMs = 1_000_000
  const clock = () =>
    createClock(
      { offsetMs: 0, frozenAtMs: null },
      () => {},
      () => machineMs,
    )

  test('runs with the machine, ahead by what it was advanced', () => {
    const one = clock()
    one.advanceMs(5_000)
    machineMs += 10
    expect(one.nowMs()).toBe(machineMs + 5_000)
  })

  test('stands still while frozen, can be moved, and goes on from there', () => {
    const one = clock()
    one.setFrozen(true)
    const atMs = one.nowMs()
    machineMs += 999
    expect(one.nowMs()).toBe(atMs)
    one.advanceMs(60_000)
    expect(one.nowMs()).toBe(atMs + 60_000)
    one.setFrozen(false)
    machineMs += 1
    expect(one.nowMs()).toBe(atMs + 60_001)
  })

  test('prints time as WeChat does: in UTC+8, without milliseconds', () => {
    expect(beijingTime(Date.parse('2026-12-31T16:00:00.999Z'))).toBe('2027-01-01T00:00:00+08:00')
  })
})

describe('the alarm', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const open = () => {
    const rung: string[] = []
    const clock = createClock({ offsetMs: 0, frozenAtMs: null })
    return { clock, rung, alarm: createAlarm<string>(clock, (item) => rung.push(item)) }
  }

  test('rings in order of time, and of setting when the moment is the same', () => {
    const { clock, rung, alarm } = open()
    for (const [item, inMs] of [
      ['c', 30],
      ['a', 10],
      ['d', 30],
      ['b', 20],
    ] as const)
      alarm.set(item, clock.nowMs() + inMs)
    vi.advanceTimersByTime(29)
    expect(rung).toEqual(['a', 'b'])
    vi.advanceTimersByTime(1)
    expect(rung).toEqual(['a', 'b', 'c', 'd'])
  })

  test('rings what a jump of the clock has passed', () => {
    const { clock, rung, alarm } = open()
    alarm.set('late', clock.nowMs() + 86_400_000)
    clock.advanceMs(86_400_000)
    vi.advanceTimersByTime(0)
    expect(rung).toEqual(['late'])
  })

  test('is silent while the clock is frozen, but for what is due already', () => {
    const { clock, rung, alarm } = open()
    clock.setFrozen(true)
    alarm.set('due', clock.nowMs())
    alarm.set('later', clock.nowMs() + 1)
    vi.advanceTimersByTime(60_000)
    expect(rung).toEqual(['due'])
    expect(vi.getTimerCount()).toBe(0)
    clock.setFrozen(false)
    vi.advanceTimersByTime(1)
    expect(rung).toEqual(['due', 'later'])
  })

  test('an item that was moved rings once, at its new moment; one that was removed never', () => {
    const { clock, rung, alarm } = open()
    alarm.set('moved', clock.nowMs() + 10)
    alarm.set('moved', clock.nowMs() + 50)
    alarm.set('removed', clock.nowMs() + 10)
    alarm.remove('removed')
    vi.advanceTimersByTime(49)
    expect(rung).toEqual([])
    vi.advanceTimersByTime(60_000)
    expect(rung).toEqual(['moved'])
  })

  test('keeps the order among a thousand', () => {
    const { clock, rung, alarm } = open()
    const delays = Array.from({ length: 1_000 }, (_, index) => (index * 7_919) % 1_009)
    for (const delay of delays) alarm.set(String(delay), clock.nowMs() + delay)
    vi.advanceTimersByTime(2_000)
    expect(rung.map(Number)).toEqual([...new Set(delays)].toSorted((a, b) => a - b))
  })

  test('sleeps longer than one timer can', () => {
    const { clock, rung, alarm } = open()
    alarm.set('far', clock.nowMs() + 40 * 86_400_000)
    vi.advanceTimersByTime(39 * 86_400_000)
    expect(rung).toEqual([])
    vi.advanceTimersByTime(86_400_000)
    expect(rung).toEqual(['far'])
  })
})

describe('a certificate', () => {
  test('is one that OpenSSL reads: serial, names, five years, the key, signed by itself', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const fromMs = Date.parse('2026-11-21T00:00:00Z')
    const { serialNo, pem } = issueCertificate(privateKey, '1900000001', fromMs)
    const read = new X509Certificate(pem)
    expect(read.serialNumber).toBe(serialNo)
    expect(serialNo).toMatch(/^[0-9A-F]{40}$/)
    expect(read.subject).toContain('CN=1900000001')
    expect([read.validFromDate.getTime(), read.validToDate.getTime()]).toEqual([
      fromMs,
      fromMs + 5 * 365 * 86_400_000,
    ])
    expect(read.checkPrivateKey(privateKey)).toBe(true)
    expect(read.verify(createPublicKey(privateKey))).toBe(true)
  })
})
