import type { RequestHandler } from 'express'
import type { EntryList } from '../../../contract/entry.ts'
import type { Services } from '../services.ts'

/** The doors there are. Public and without an entry in its path: it is how a page learns which one it came in by. */
export const listEntries =
  (services: Services): RequestHandler =>
  (_req, res) => {
    const list: EntryList = {
      entries: [...services.entries.values()].map(({ code, kind }) => ({ code, kind })),
    }
    res.json(list)
  }
