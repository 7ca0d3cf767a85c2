import { checkAttempts } from './check-attempts.ts'
import { checkEvents } from './check-events.ts'
import { checkHistory } from './check-history.ts'
import { checkOrders } from './check-orders.ts'
import { checkPayments } from './check-payments.ts'
import { checkRefunds } from './check-refunds.ts'
import { checkStock } from './check-stock.ts'
import type { Books, Difference, Heard, Ledger } from './records.ts'

/** How far the clocks of two servers may be apart on one machine, in milliseconds of business time. */
const CLOCKS_DIFFER_MS = 1_000

/** Everything that differs between a merchant's books at rest, WeChat's ledger and what a subscriber heard. Pure. */
export const check = (
  books: Books,
  ledger: Ledger,
  heard: Heard = null,
  clocksDifferMs = CLOCKS_DIFFER_MS,
): Difference[] => [
  ...checkPayments(books, ledger),
  ...checkOrders(books),
  ...checkAttempts(books, clocksDifferMs),
  ...checkRefunds(books, ledger),
  ...checkHistory(books),
  ...checkStock(books),
  ...checkEvents(books, heard),
]
