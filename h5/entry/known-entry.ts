import type { Entry, EntryKind, EntryList } from '../../contract/entry.ts'
import { RequestFailed } from '../api/failure.ts'
import { send } from '../api/send.ts'
import { currentEnvironment } from './environment.ts'
import type { Environment } from './environment.ts'
import { tabMemory } from './tab-memory.ts'

/** The entry whose paths this tab asks. `kind` is null when the shop has none for here: the customer may look, not order. */
export interface KnownEntry {
  code: string
  kind: EntryKind | null
}

const memoryKey = 'qiaofu.entry'
const kindOf: Record<Environment, EntryKind> = {
  'mini-program': 'mini-program',
  wechat: 'official-account',
  'wechat-pc': 'official-account',
  wecom: 'mobile-browser',
  'wecom-pc': 'pc-browser',
  alipay: 'alipay',
  'other-mini-program': 'mobile-browser',
  phone: 'mobile-browser',
  pc: 'pc-browser',
}

/** Where nobody says who the customer is, and the browser itself is the account. */
export const isBrowserKind = (kind: EntryKind) => kind !== 'official-account' && kind !== 'mini-program'

let known: Promise<KnownEntry> | null = null

/** Which entry this tab belongs to: what /enter remembered, else what the surroundings suggest. Asked once a page. */
export function knownEntry(): Promise<KnownEntry> {
  known ??= findEntry().catch((error: unknown) => {
    known = null
    throw error
  })
  return known
}

/** Keeps the entry for this tab. One WeChat shares its cookies between entries, so the tab has to know which is meant. */
export function rememberEntry({ code, kind }: Entry): void {
  tabMemory.set(memoryKey, JSON.stringify({ code, kind }))
  known = null
}

/** For a tab that has moved to other surroundings than those it remembers. */
export function forgetEntry(): void {
  tabMemory.remove(memoryKey)
  known = null
}

/** The remembered entry, or null when there is none or it is unreadable. */
export function rememberedEntry(): Entry | null {
  try {
    const kept: unknown = JSON.parse(tabMemory.get(memoryKey) ?? 'null')
    return isEntry(kept) ? { code: kept.code, kind: kept.kind } : null
  } catch {
    return null
  }
}

async function findEntry(): Promise<KnownEntry> {
  const remembered = rememberedEntry()
  if (remembered) return remembered
  const { entries } = await send<EntryList>('/api/entries')
  const suggested = entries.find(({ kind }) => kind === kindOf[currentEnvironment()])
  if (suggested) {
    rememberEntry(suggested)
    return suggested
  }
  const [first] = entries
  if (!first) throw new RequestFailed({ kind: 'unreadable' })
  return { code: first.code, kind: null }
}

function isEntry(kept: unknown): kept is Entry {
  const { code = '', kind } = (kept ?? {}) as Partial<Entry>
  return /^\d\d$/.test(code) && Object.values<unknown>(kindOf).includes(kind)
}
