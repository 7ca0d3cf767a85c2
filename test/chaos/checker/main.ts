// The checker: a program of its own, which knows the tables and WeChat's ledger and nothing of the server.
// node test/chaos/checker/main.ts --database URL --sandbox URL --mchid 1900000001
// --heard FILE: what a subscriber of all events heard, a line of JSON a message: {"id","type","number"}.
// Prints each difference as a line of JSON, then the counts. Exit code 1 when there is one.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { check } from './check.ts'
import { readBooks } from './read-books.ts'
import { readLedger } from './read-ledger.ts'
import { groupBy, type HeardRecord } from './records.ts'

/** More lines than anybody reads. */
const MOST_PRINTED = 50

const { values } = parseArgs({
  options: {
    database: { type: 'string' },
    sandbox: { type: 'string' },
    mchid: { type: 'string' },
    heard: { type: 'string' },
    'clocks-differ-ms': { type: 'string' },
  },
})
const { database, sandbox, mchid, heard: heardFile } = values
if (!database || !sandbox || !mchid)
  throw new Error('the checker needs --database URL, --sandbox URL and --mchid NUMBER')
const ledger = await readLedger(sandbox, mchid)
const books = await readBooks(database)
const heard = heardFile === undefined ? null : readHeard(heardFile)
const clocksDifferMs = values['clocks-differ-ms']
const differences = check(
  books,
  ledger,
  heard,
  clocksDifferMs === undefined ? undefined : Number(clocksDifferMs),
)
for (const difference of differences.slice(0, MOST_PRINTED)) console.log(JSON.stringify(difference))
for (const [what, rows] of Object.entries({
  orders: books.orders,
  payments: books.payments,
  refunds: books.refunds,
}))
  console.log(`${what}: ${tally(rows)}`)
const paid = books.payments.filter((payment) => payment.state === 'paid')
const surplus = paid.filter((payment) => !payment.kept)
console.log(
  `${books.orders.length} orders, ${books.payments.length} payments (${paid.length} paid, ${surplus.length} of them twice), ${books.refunds.length} refunds, ${books.steps.length} steps, ${books.events.length} events against ${ledger.trades.length} trades and ${ledger.refunds.length} refunds at WeChat: ${differences.length} differences`,
)
process.exitCode = differences.length === 0 ? 0 : 1

/** Throws when the file is not there. */
function readHeard(file: string): HeardRecord[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as HeardRecord)
}

/** e.g. "1830 paid, 201 closed". */
function tally(rows: readonly { state: string }[]): string {
  const counts = [...groupBy(rows, ({ state }) => state)].map(([state, same]) => `${same.length} ${state}`)
  return counts.toSorted().join(', ') || 'none'
}
