/** What the books and the ledger show of one run. */
export interface Seen {
  piecesLeft: number
  /** In the order in which they were placed. */
  orders: SeenOrder[]
}

export interface SeenOrder {
  state: string
  totalFen: number
  /** Oldest first. */
  payments: SeenPayment[]
}

/** A payment in our books, and the trade of its number at WeChat. */
export interface SeenPayment {
  number: string
  amountFen: number
  state: string
  kept: boolean
  /** Promised to refunds that are not over, and gone back, as our books have it. */
  reservedFen: number
  refundedFen: number
  /** WeChat's side; null: it has never heard of the number. */
  trade: { isPaid: boolean; amountFen: number; givingBackFen: number; givenBackFen: number } | null
}
