// npm run bench:sandbox: what prepay, payment and notification cost the sandbox, beside the bare cost of its signatures in
// the same run, and what trades weigh in memory. `-- --trades 100000` (default 5000). CPU time counts, and the two costs
// are taken in turns, so that a busy machine changes little.
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions } from '../scripts/command-line.ts'
import { startChild } from '../scripts/demo/child.ts'
import { sandboxProgram } from '../scripts/demo/sandbox-program.ts'
import { freePort } from '../scripts/free-port.ts'
import { inParallel } from './figures.ts'
import { openMerchant } from './merchant.ts'
import { usageOf } from './stage.ts'

const AT_ONCE = 16
/** So many until V8 has compiled what it will compile: a program pays for that once, not with every trade. */
const WARM_UP_TRADES = 5_000
/** So many trades, then a moment of bare signatures, and again. */
const TURN_TRADES = 500
const TURN_ROUNDS = 100
const MOST_TRADES = 1_000_000

/**
 * Measures CPU microseconds of what the sandbox cannot do without for a paid order: verifying the request, signing the
 * answer and the notification. RSA-2048 with SHA-256, keys parsed once, messages of usual length.
 */
function createBare(): (rounds: number) => number {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const message = randomBytes(500)
  const signed = () => sign('sha256', message, privateKey)
  const signature = signed()
  return (rounds) => {
    const before = process.cpuUsage()
    for (let round = 0; round < rounds; round += 1) {
      signed()
      signed()
      verify('sha256', message, publicKey, signature)
    }
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
}

async function measure(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qiaofu-bench-'))
  const url = `http://127.0.0.1:${await freePort()}`
  const args = [
    '--import',
    './bench/report-usage.ts',
    ...sandboxProgram,
    '--local-notify',
    '--port',
    new URL(url).port,
  ]
  const env = { ...process.env, QIAOFU_BENCH: '1' }
  const sandbox = startChild('沙箱', args, join(folder, 'sandbox.log'), env)
  try {
    await sandbox.answers(`${url}/_sandbox/merchants`)
    const merchant = await openMerchant(url)
    let done = 0
    const trade = async (total: number) => {
      const numbers = Array.from(
        { length: total },
        (_, index) => `BENCH${String(done + index).padStart(12, '0')}`,
      )
      done += total
      const { allMs } = await inParallel(numbers, AT_ONCE, async (outTradeNo) =>
        merchant.pay(await merchant.prepay(outTradeNo)),
      )
      await merchant.notified(done)
      return allMs
    }
    await trade(WARM_UP_TRADES)
    const sum = await takeTurns(count, trade, async () => (await usageOf(sandbox)).cpuMicroseconds)
    const { rssBytes, peakRssBytes } = await usageOf(sandbox)
    await merchant.close()
    print({ count, ...sum, rssBytes, peakRssBytes })
  } finally {
    await sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Sum {
  /** By the clock, of the trades alone. */
  allMs: number
  /** Microseconds of the sandbox, of all trades. */
  cpu: number
  /** Microseconds of the signatures of one trade. */
  bare: number
}

/** Trades and bare signatures in turns: what else the machine does at the moment slows both. */
async function takeTurns(
  count: number,
  trade: (total: number) => Promise<number>,
  cpuOfSandbox: () => Promise<number>,
): Promise<Sum> {
  const bareRounds = createBare()
  bareRounds(TURN_ROUNDS)
  const sum = { allMs: 0, cpu: 0, bare: 0 }
  let turns = 0
  for (let left = count; left > 0; left -= TURN_TRADES) {
    const before = await cpuOfSandbox()
    sum.allMs += await trade(Math.min(left, TURN_TRADES))
    sum.cpu += (await cpuOfSandbox()) - before
    sum.bare += bareRounds(TURN_ROUNDS)
    turns += 1
  }
  return { ...sum, bare: sum.bare / turns / TURN_ROUNDS }
}

type Measured = Sum & { count: number; rssBytes: number; peakRssBytes: number }

function print({ count, allMs, cpu, bare, rssBytes, peakRssBytes }: Measured): void {
  const each = cpu / count
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`
  console.log(`${count} trades: prepay, pay, notify; ${AT_ONCE} at once over real HTTP, the client in another process.

  a second on one core      ${(1e6 / each).toFixed(0)} (${((count / allMs) * 1000).toFixed(0)} by the clock, on this machine now)
  CPU of the sandbox each   ${(each / 1000).toFixed(2)} ms
  two signatures, one check ${(bare / 1000).toFixed(2)} ms, bare, in this run
  ratio                     ${(each / bare).toFixed(2)}x (aim: 2x)
  memory of the sandbox     ${megabytes(rssBytes)} (RSS) with ${count + WARM_UP_TRADES} trades in it, at most ${megabytes(peakRssBytes)} on the way (aim with 100,000: 400 MB)`)
}

const { whole } = readOptions('npm run bench:sandbox -- [--trades 5000]', {
  trades: { type: 'string', default: '5000' },
})
await measure(whole('trades', 1, MOST_TRADES))
