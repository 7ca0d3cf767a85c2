import { z } from 'zod'
import type { Entry, EntryKind, EntryList } from '../../../contract/entry.ts'
import { pin } from './pin.ts'

export const entryKindSchema = pin<EntryKind>()(
  z.enum(['official-account', 'mini-program', 'mobile-browser', 'pc-browser', 'alipay']),
)

export const entrySchema = pin<Entry>()(
  z.strictObject({ code: z.string(), kind: entryKindSchema }).meta({ id: 'Entry' }),
)

export const entryListSchema = pin<EntryList>()(
  z.strictObject({ entries: z.array(entrySchema) }).meta({ id: 'EntryList' }),
)
