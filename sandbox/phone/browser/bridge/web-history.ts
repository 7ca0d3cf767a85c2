import { toPhonePath } from '../../address.ts'

/** One page of a web-view's history. Entries of one document are walked without loading anything. */
interface Entry {
  url: string
  state: unknown
  document: string
}

/** A web-view's history as it is kept from one document to the next. */
export interface SavedHistory {
  entries: Entry[]
  index: number
  /** What the next document in this frame will be, decided by the one before it. */
  arrival: { kind: 'push' | 'replace' } | { kind: 'traverse'; index: number } | null
}

/**
 * A history that belongs to this web-view alone. The browser has one session history for the whole window, so the
 * back() of one phone would walk another phone's pages. Here the frame never adds to it: every push becomes a
 * replace, and the entries are kept beside the page.
 */
interface WebHistory {
  saved: SavedHistory
  documentId: string
  homeOrigin: string | null
  /** Set while the frame is moved by this file, so that it does not answer its own navigation. */
  isMoving: boolean
  nativeReplaceState: History['replaceState']
  nativeReplace: Location['replace']
  /** Writes the history down and tells the phone. */
  keep: () => void
  leavesWeb: (url: string) => void
}

/** What the phone is told. */
interface HistoryEvents {
  /** Every change, also the first entry; it keeps the history. */
  changed(saved: SavedHistory): void
  /** The page asks for an address of another program, e.g. weixin://wap/pay?…; the document stays. */
  leavesWeb(url: string): void
}

/**
 * Takes the place of window.history.
 * @param before what the document before this one left behind
 * @returns walks one entry back, when there is one
 */
export function installWebHistory(
  before: SavedHistory | null,
  homeOrigin: string | null,
  { changed, leavesWeb }: HistoryEvents,
): { back: () => void } {
  const documentId = Math.random().toString(36).slice(2)
  const saved = arrive(before ?? { entries: [], index: 0, arrival: null }, documentId)
  const web: WebHistory = {
    saved,
    documentId,
    homeOrigin,
    isMoving: false,
    nativeReplaceState: history.replaceState.bind(history),
    nativeReplace: location.replace.bind(location),
    keep: () => changed(saved),
    leavesWeb,
  }
  const go = (delta = 0): void => {
    if (delta === 0) location.reload()
    // A browser walks after the running task, never inside the call.
    else setTimeout(() => walkTo(web, saved.index + delta))
  }
  Object.defineProperties(history, {
    state: { get: () => saved.entries[saved.index]?.state ?? null, configurable: true },
    length: { get: () => saved.entries.length, configurable: true },
    pushState: {
      value: (state: unknown, _: string, url?: string | URL | null) => write(web, 'push', state, url),
    },
    replaceState: {
      value: (state: unknown, _: string, url?: string | URL | null) => write(web, 'replace', state, url),
    },
    go: { value: go },
    back: { value: () => go(-1) },
    forward: { value: () => go(1) },
  })
  // Browsers without the Navigation API work too: a page's own pushes are recorded when the next document arrives.
  if ('navigation' in window)
    window.navigation.addEventListener('navigate', (event) => followPage(web, event))
  move(web, () => web.nativeReplaceState(saved.entries[saved.index]?.state ?? null, ''))
  web.keep()
  return { back: () => go(-1) }
}

/** Decides which entry this document is. */
function arrive(saved: SavedHistory, documentId: string): SavedHistory {
  const here = { url: location.href, state: null, document: documentId }
  const { arrival } = saved
  const [timing] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  saved.arrival = null
  const stays = arrival?.kind === 'traverse' || (arrival === null && timing?.type === 'reload')
  if (saved.entries.length === 0) saved.entries = [here]
  else if (stays) {
    if (arrival?.kind === 'traverse') saved.index = arrival.index
    // A reloaded page keeps its state; where the server redirected, the address is the new one.
    const kept = saved.entries[saved.index]
    saved.entries[saved.index] = { ...here, state: kept?.url === here.url ? kept.state : null }
  } else if (arrival?.kind === 'replace') saved.entries[saved.index] = here
  else {
    saved.index += 1
    saved.entries.splice(saved.index, Infinity, here)
  }
  return saved
}

function move(web: WebHistory, run: () => void): void {
  web.isMoving = true
  try {
    run()
  } finally {
    web.isMoving = false
  }
}

function record(
  { saved, documentId, keep }: WebHistory,
  kind: 'push' | 'replace',
  url: string,
  state: unknown,
): void {
  if (kind === 'push') saved.index += 1
  saved.entries.splice(saved.index, kind === 'push' ? Infinity : 1, { url, state, document: documentId })
  saved.arrival = null
  keep()
}

/** history.pushState and replaceState. */
function write(web: WebHistory, kind: 'push' | 'replace', state: unknown, url?: string | URL | null): void {
  // The real call first: it throws what a page expects for another origin or a state that cannot be cloned.
  move(web, () => web.nativeReplaceState(state, '', url))
  record(web, kind, location.href, structuredClone(state))
}

/** Loads another document in this frame. */
function leave(web: WebHistory, arrival: SavedHistory['arrival'], url: string): void {
  web.saved.arrival = arrival
  web.keep()
  move(web, () => web.nativeReplace(url))
}

/** history.go: within the document by events, to another one by loading it. */
function walkTo(web: WebHistory, index: number): void {
  const { saved } = web
  const entry = saved.entries[index]
  if (entry === undefined || index === saved.index) return
  if (entry.document !== web.documentId) {
    const arrival = { kind: 'traverse', index } as const
    if (stripFragment(entry.url) !== stripFragment(location.href)) return leave(web, arrival, entry.url)
    // Only the fragment differs: replace() would not load the page, and the page of that entry is gone.
    saved.arrival = arrival
    web.keep()
    move(web, () => web.nativeReplaceState(entry.state, '', entry.url))
    return location.reload()
  }
  const from = location.href
  saved.index = index
  move(web, () => web.nativeReplaceState(entry.state, '', entry.url))
  web.keep()
  window.dispatchEvent(new PopStateEvent('popstate', { state: entry.state }))
  if (new URL(from).hash !== location.hash) {
    window.dispatchEvent(new HashChangeEvent('hashchange', { oldURL: from, newURL: location.href }))
  }
}

/** Addresses a browser shows itself. */
const LOADABLE = /^(?:https?|about|blob|data|javascript):/

/** What a page does without asking history: links, location.href, forms. */
function followPage(web: WebHistory, event: NavigateEvent): void {
  const kind = event.navigationType
  if (web.isMoving || event.downloadRequest !== null || (kind !== 'push' && kind !== 'replace')) return
  const { url } = event.destination
  if (!LOADABLE.test(url)) {
    event.preventDefault()
    return web.leavesWeb(url)
  }
  if (event.hashChange) {
    if (kind === 'push' && event.cancelable) event.preventDefault()
    record(web, kind, url, null)
    if (event.defaultPrevented) move(web, () => web.nativeReplace(url))
    return
  }
  if (event.destination.sameDocument) return
  const target = throughTheProxy(url, web.homeOrigin)
  // A form's body cannot be sent again, and a replace that stays in the proxy needs no help.
  if (event.formData !== null || !event.cancelable || (kind === 'replace' && target === url)) {
    web.saved.arrival = { kind }
    web.keep()
    return
  }
  event.preventDefault()
  sayNoReferrer(event)
  leave(web, { kind }, target)
}

/** A link may ask that its target is not told where it was: the replace that stands in for it must obey. */
function sayNoReferrer(event: NavigateEvent): void {
  const { sourceElement: link } = event as { sourceElement?: Element | null }
  if (!(link instanceof HTMLAnchorElement)) return
  const policy = link.relList.contains('noreferrer') ? 'no-referrer' : link.referrerPolicy
  if (policy === '') return
  const meta = document.createElement('meta')
  meta.name = 'referrer'
  meta.content = policy
  document.head.append(meta)
}

/** An address another server gave the page is opened where this phone can see it. */
function throughTheProxy(address: string, homeOrigin: string | null): string {
  const url = new URL(address)
  if (url.origin === location.origin || !/^https?:$/.test(url.protocol)) return address
  return location.origin + toPhonePath(url, homeOrigin ?? undefined)
}

function stripFragment(url: string): string {
  return url.replace(/#.*$/s, '')
}
