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
export interface WebHistory {
  /** Walks one entry back, when there is one. */
  back(): void
}

/**
 * @param before what the document before this one left behind
 * @param changed told of every change, also of the first entry; it keeps the history
 */
export function installWebHistory(
  before: SavedHistory | null,
  homeOrigin: string | null,
  changed: (saved: SavedHistory) => void,
): WebHistory {
  const native = {
    replaceState: history.replaceState.bind(history),
    replace: location.replace.bind(location),
  }
  const documentId = Math.random().toString(36).slice(2)
  const saved = arrive(before ?? { entries: [], index: 0, arrival: null }, documentId)
  /** Set while the frame is moved by this file, so that it does not answer its own navigation. */
  let moving = false

  const keep = (): void => changed(saved)
  const record = (kind: 'push' | 'replace', url: string, state: unknown): void => {
    if (kind === 'push') saved.index += 1
    saved.entries.splice(saved.index, kind === 'push' ? Infinity : 1, { url, state, document: documentId })
    saved.arrival = null
    keep()
  }
  const move = (run: () => void): void => {
    moving = true
    try {
      run()
    } finally {
      moving = false
    }
  }
  const write = (kind: 'push' | 'replace', state: unknown, url?: string | URL | null): void => {
    // The real call first: it throws what a page expects for another origin or a state that cannot be cloned.
    move(() => native.replaceState(state, '', url))
    record(kind, location.href, structuredClone(state))
  }
  const leave = (arrival: SavedHistory['arrival'], url: string): void => {
    saved.arrival = arrival
    keep()
    move(() => native.replace(url))
  }
  const walkTo = (index: number): void => {
    const entry = saved.entries[index]
    if (entry === undefined || index === saved.index) return
    if (entry.document !== documentId) {
      // Only the fragment differs: replace() would not load the page, and the page of that entry is gone.
      if (stripFragment(entry.url) === stripFragment(location.href)) {
        saved.arrival = { kind: 'traverse', index }
        keep()
        move(() => native.replaceState(entry.state, '', entry.url))
        location.reload()
      } else leave({ kind: 'traverse', index }, entry.url)
      return
    }
    const from = location.href
    saved.index = index
    move(() => native.replaceState(entry.state, '', entry.url))
    keep()
    window.dispatchEvent(new PopStateEvent('popstate', { state: entry.state }))
    if (new URL(from).hash !== location.hash) {
      window.dispatchEvent(new HashChangeEvent('hashchange', { oldURL: from, newURL: location.href }))
    }
  }
  const go = (delta = 0): void => {
    if (delta === 0) location.reload()
    // A browser walks after the running task, never inside the call.
    else setTimeout(() => walkTo(saved.index + delta))
  }

  Object.defineProperties(history, {
    state: { get: () => saved.entries[saved.index]?.state ?? null, configurable: true },
    length: { get: () => saved.entries.length, configurable: true },
    pushState: { value: (state: unknown, _: string, url?: string | URL | null) => write('push', state, url) },
    replaceState: {
      value: (state: unknown, _: string, url?: string | URL | null) => write('replace', state, url),
    },
    go: { value: go },
    back: { value: () => go(-1) },
    forward: { value: () => go(1) },
  })
  turnPushesIntoReplaces({
    isMoving: () => moving,
    record,
    leave,
    move,
    replace: native.replace,
    saved,
    keep,
    homeOrigin,
  })
  move(() => native.replaceState(saved.entries[saved.index]?.state ?? null, ''))
  keep()
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

interface Navigator {
  isMoving: () => boolean
  record: (kind: 'push' | 'replace', url: string, state: unknown) => void
  leave: (arrival: SavedHistory['arrival'], url: string) => void
  move: (run: () => void) => void
  replace: (url: string) => void
  saved: SavedHistory
  keep: () => void
  homeOrigin: string | null
}

/** Links, location.href and forms: what a page does without asking history. */
function turnPushesIntoReplaces(navigator: Navigator): void {
  const { isMoving, record, leave, move, replace, saved, keep, homeOrigin } = navigator
  // Browsers without it still work; their pushes are recorded when the next document arrives.
  if (!('navigation' in window)) return
  window.navigation.addEventListener('navigate', (event) => {
    if (isMoving() || event.downloadRequest !== null) return
    const kind = event.navigationType
    if (kind !== 'push' && kind !== 'replace') return
    const { url } = event.destination
    if (event.hashChange) {
      if (kind === 'push' && event.cancelable) {
        event.preventDefault()
        record('push', url, null)
        move(() => replace(url))
      } else record(kind, url, null)
      return
    }
    if (event.destination.sameDocument) return
    const target = throughTheProxy(url, homeOrigin)
    if (event.formData !== null || !event.cancelable || (kind === 'replace' && target === url)) {
      saved.arrival = { kind }
      keep()
      return
    }
    event.preventDefault()
    leave({ kind }, target)
  })
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
