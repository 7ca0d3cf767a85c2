// npm run bench:sandbox: what prepay, payment and notification cost the sandbox, beside the bare cost of its signatures in
// the same run, and what trades weigh in memory. `-- --trades 100000` (default 5000). CPU time counts, so that a busy
// machine changes little.
import { createSign, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startChild } from '../scripts/demo/child.ts'
import { freePort } from '../scripts/free-port.ts'
import { inParallel } from './figures.ts'
import { openMerchant } from './merchant.ts'
import { usageOf } from './stage.ts'

const AT_ONCE = 16
const WARM_UP_TRADES = 500
const MOST_TRADES = 1_000_000

/**
 * CPU microseconds of what the sandbox cannot do without for a paid order: verifying the request, signing the answer and
 * the notification. RSA-2048 with SHA-256, keys parsed once, messages of usual length.
 */
function bareCost(rounds = 400): number {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const message = randomBytes(500)
  const sign = () => createSign('RSA-SHA256').update(message).sign(privateKey)
  const signature = sign()
  const once = () => [sign(), sign(), createVerify('RSA-SHA256').update(message).verify(publicKey, signature)]
  for (let round = 0; round < 50; round += 1) once()
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1) once()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / rounds
}

async function measure(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qiaofu-bench-'))
  const url = `http://127.0.0.1:${await freePort()}`
  const args = [
    '--import',
    './bench/report-usage.ts',
    'sandbox/main.ts',
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
    const before = await usageOf(sandbox)
    const allMs = await trade(count)
    const after = await usageOf(sandbox)
    await merchant.close()
    print({ count, allMs, before, after })
  } finally {
    await sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Measured = {
  count: number
  allMs: number
  before: Awaited<ReturnType<typeof usageOf>>
  after: Awaited<ReturnType<typeof usageOf>>
}

function print({ count, allMs, before, after }: Measured): void {
  const cpu = (after.cpuMicroseconds - before.cpuMicroseconds) / count
  const bare = bareCost()
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`
  console.log(`${count} trades: prepay, pay, notify; ${AT_ONCE} at once over real HTTP, the client beside it.

  a second on one core      ${(1e6 / cpu).toFixed(0)} (${((count / allMs) * 1000).toFixed(0)} by the clock, on this machine now)
  CPU of the sandbox each   ${(cpu / 1000).toFixed(2)} ms
  two signatures, one check ${(bare / 1000).toFixed(2)} ms, bare, in this run
  ratio                     ${(cpu / bare).toFixed(1)}x (aim: 2x)
  memory of the sandbox     ${megabytes(after.rssBytes)} (RSS) with ${count + WARM_UP_TRADES} trades in it, ${megabytes(before.rssBytes)} before`)
}

const { values } = parseArgs({ options: { trades: { type: 'string', default: '5000' } } })
const count = Number(values.trades)
if (!Number.isInteger(count) || count < 1 || count > MOST_TRADES)
  throw new Error(`--trades takes a whole number from 1 to ${MOST_TRADES}`)
await measure(count)
