/**
 * GET /api/operator/orders/{orderId}/account: the account of an order, with what was joined into it.
 * POST /api/operator/accounts/{accountId}/split answers the same of the account that is left.
 */
export interface OperatorAccount {
  accountId: string
  /** The account's public name, as it stands on the customer's page. */
  displayName: string
  /** What was an account of its own before a join; the account's own part first. */
  parts: AccountPart[]
  /** Joins and splits, oldest first. */
  history: AccountStep[]
}

export interface AccountPart {
  /** The account that it was, and is again after a split. */
  partId: string
  displayName: string
  /** The account's own part, which cannot be split off. */
  isOwn: boolean
  /** Who WeChat knows it as, one an appid: the last four characters of the openid. */
  identities: { appid: string; openidSuffix: string }[]
  /** Codes of the entries at which browsers are signed in to it. */
  browserEntries: string[]
  /** Orders that it has placed, which go with it. */
  orderCount: number
}

export interface AccountStep {
  /** ISO 8601. */
  at: string
  event: 'joined' | 'split'
  otherAccountId: string
  /** bind-code, unionid, or the operator's name. */
  by: string
  /** An operator's. */
  reason: string | null
  /** Orders that moved. */
  orderCount: number
}

/** POST /api/operator/accounts/{accountId}/split */
export interface AccountSplit {
  partId: string
  /** For the history. */
  reason: string
}
