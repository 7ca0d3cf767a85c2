/** The door a customer came in by. Entries are rows of the server's configuration; clients only learn these two fields. */
export interface Entry {
  /** Two digits, for ever, never reused, e.g. "02". It is a segment of every API path: /api/02/orders. */
  code: string
  kind: EntryKind
}

export type EntryKind = 'official-account' | 'mini-program'

/** GET /api/entries (public) */
export interface EntryList {
  entries: Entry[]
}
