import { percentile } from './figures.ts'
import type { Journey, Settling } from './journey.ts'

/** How often a second each step was done by the clock, and how long it took. */
export function printSteps(journey: Journey, settling: Settling): void {
  const rows = [
    { title: 'order (POST orders)', eachMs: journey.createdMs },
    { title: 'prepay (start and launch)', eachMs: journey.prepaidMs },
    { title: 'pay, notify, settle', eachMs: journey.settledMs },
    { title: 'a paid order', eachMs: journey.wholeMs, perSecond: rate(journey) },
    { title: 'settling alone', eachMs: settling.settledMs, perSecond: rate(settling) },
  ]
  console.log(`  ${''.padEnd(30)}  a second       p50        p99`)
  for (const { title, eachMs, perSecond } of rows) {
    const often = perSecond === undefined ? '' : perSecond.toFixed(0)
    const [half, most] = [percentile(eachMs, 0.5), percentile(eachMs, 0.99)].map(
      (ms) => `${ms.toFixed(1)} ms`,
    )
    console.log(`  ${title.padEnd(30)}  ${often.padStart(8)}${half!.padStart(10)} ${most!.padStart(10)}`)
  }
}

/** What the server's process alone spent, beside what nobody can save. `bare`: CPU microseconds. */
export function printCost(journey: Journey, settling: Settling, bare: number): void {
  const order = cpuEach(journey)
  const milliseconds = (microseconds: number) => `${(microseconds / 1000).toFixed(2)} ms`
  console.log(`
  CPU of the server a paid order    ${milliseconds(order)}
  two signatures, two checks, bare  ${milliseconds(bare)}, in this run
  ratio                             ${(order / bare).toFixed(1)}x (aim: 4x)
  CPU of settling alone             ${milliseconds(cpuEach(settling))}, so ${(1e6 / cpuEach(settling)).toFixed(0)} a second on one core`)
}

/** By the clock. */
export const rate = ({ count, allMs }: Pick<Journey, 'count' | 'allMs'>): number => (count / allMs) * 1000

/** CPU microseconds of the server for each. */
export const cpuEach = ({ count, cpuMicroseconds }: Pick<Journey, 'count' | 'cpuMicroseconds'>): number =>
  cpuMicroseconds / count
