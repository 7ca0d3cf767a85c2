import { checkAttempts } from './check-attempts.ts'
import { checkEvents } from './check-events.ts'
import { checkHistory } from './check-history.ts'
import { checkOrders } from './check-orders.ts'
import { checkPayments } from './check-payments.ts'
import { checkRefunds } from './check-refunds.ts'
import { checkStock } from './check-stock.ts'
import type { Books, Difference, Heard, Ledger } from './records.ts'

/** Everything that differs between a merchant's books at rest, WeChat's ledger and what a subscriber heard. Pure. */
export const check = (books: Books, ledger: Ledger, heard: Heard = null): Difference[] => [
  ...checkPayments(books, ledger),
  ...checkOrders(books),
  ...checkAttempts(books),
  ...checkRefunds(books, ledger),
  ...checkHistory(books),
  ...checkStock(books),
  ...checkEvents(books, heard),
]
