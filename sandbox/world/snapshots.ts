import type { Register } from './journal.ts'

/** A kept state, as lists show it. */
export interface Snapshot {
  /** Unique for as long as the sandbox runs, e.g. s3. */
  id: string
  /** What the person who took it called it; empty: nothing. */
  name: string
  /** Business time at which it was taken, ISO 8601. */
  at: string
}

/** States that are kept in memory. */
export interface Snapshots {
  /** Keeps the present state. The oldest beyond SNAPSHOTS_KEPT is forgotten. */
  take(name?: string): Snapshot
  /** What can be brought back, the newest last. */
  list(): Snapshot[]
  /** Puts a kept state in place of the present one. False: there is none of that id. */
  bringBack(id: string): boolean
}

/** How many are kept. Each holds the whole state, so that they must not pile up. */
const SNAPSHOTS_KEPT = 20

/**
 * Registers are emptied and filled again; what lives outside them is the caller's to clear.
 * @param nowText business time, ISO 8601
 */
export function createSnapshots(registers: readonly Register[], nowText: () => string): Snapshots {
  const kept = new Map<string, Snapshot & { lines: string[] }>()
  // An id is given once: one that was forgotten must not come to mean another state.
  let taken = 0
  return {
    take(name = '') {
      taken += 1
      const snapshot = { id: `s${taken}`, name, at: nowText() }
      const lines = registers.flatMap((register) =>
        [...register.entities()].map((entity) => JSON.stringify([register.kind, entity])),
      )
      kept.set(snapshot.id, { ...snapshot, lines })
      if (kept.size > SNAPSHOTS_KEPT) kept.delete(kept.keys().next().value!)
      return snapshot
    },
    list: () => [...kept.values()].map(({ id, name, at }) => ({ id, name, at })),
    bringBack(id) {
      const lines = kept.get(id)?.lines
      if (!lines) return false
      for (const register of registers) register.clear()
      const byKind = new Map(registers.map((register) => [register.kind, register]))
      for (const line of lines) {
        const [kind, entity] = JSON.parse(line) as [string, never]
        byKind.get(kind)?.load(entity)
      }
      return true
    },
  }
}
