// The checker: a program of its own, which knows the tables and WeChat's ledger and nothing of the server.
// node test/chaos/checker/main.ts --database URL --sandbox URL --mchid 1900000001
// Prints each difference as a line of JSON, then the counts. Exit code 1 when there is one.
import { parseArgs } from 'node:util'
import { check } from './check.ts'
import { readBooks } from './read-books.ts'
import { readLedger } from './read-ledger.ts'
import { groupBy } from './records.ts'

/** More lines than anybody reads. */
const MOST_PRINTED = 50

const { values } = parseArgs({
  options: { database: { type: 'string' }, sandbox: { type: 'string' }, mchid: { type: 'string' } },
})
const { database, sandbox, mchid } = values
if (!database || !sandbox || !mchid)
  throw new Error('the checker needs --database URL, --sandbox URL and --mchid NUMBER')
const ledger = await readLedger(sandbox, mchid)
const books = await readBooks(database)
const differences = check(books, ledger)
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
  `${books.orders.length} orders, ${books.payments.length} payments (${paid.length} paid, ${surplus.length} of them twice), ${books.refunds.length} refunds, ${books.steps.length} steps against ${ledger.trades.length} trades and ${ledger.refunds.length} refunds at WeChat: ${differences.length} differences`,
)
process.exitCode = differences.length === 0 ? 0 : 1

/** e.g. "1830 paid, 201 closed". */
function tally(rows: readonly { state: string }[]): string {
  const counts = [...groupBy(rows, ({ state }) => state)].map(([state, same]) => `${same.length} ${state}`)
  return counts.toSorted().join(', ') || 'none'
}
