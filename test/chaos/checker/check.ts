import { checkHistory } from './check-history.ts'
import { checkOrders } from './check-orders.ts'
import { checkPayments } from './check-payments.ts'
import { checkRefunds } from './check-refunds.ts'
import type { Books, Difference, Ledger } from './records.ts'

/** Everything that differs between a merchant's books at rest and WeChat's ledger. Pure. */
export const check = (books: Books, ledger: Ledger): Difference[] => [
  ...checkPayments(books, ledger),
  ...checkOrders(books),
  ...checkRefunds(books, ledger),
  ...checkHistory(books),
]
