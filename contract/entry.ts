/** The door a customer came in by. Entries are rows of the server's configuration; clients only learn these two fields. */
export interface Entry {
  /** Two digits, for ever, never reused, e.g. "02". It is a segment of every API path: /api/02/orders. */
  code: string
  kind: EntryKind
}

/**
 * - official-account, mini-program: WeChat says who the customer is
 * - mobile-browser, pc-browser, alipay: nobody does; each browser is one anonymous account until a bind code joins it
 */
export type EntryKind = 'official-account' | 'mini-program' | 'mobile-browser' | 'pc-browser' | 'alipay'

/** GET /api/entries (public) */
export interface EntryList {
  entries: Entry[]
}
