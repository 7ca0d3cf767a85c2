import type { Register } from './journal.ts'

/** States that are kept in memory under a name. */
export interface Snapshots {
  /** Keeps the present state and returns its name. The oldest beyond SNAPSHOTS_KEPT is forgotten. */
  take(): string
  /** The names that can be brought back, the newest last. */
  names(): string[]
  /** Puts a kept state in place of the present one. False: there is none of that name. */
  bringBack(id: string): boolean
}

/** How many are kept. Each holds the whole state, so that they must not pile up. */
const SNAPSHOTS_KEPT = 20

/** Registers are emptied and filled again; what lives outside them is the caller's to clear. */
export function createSnapshots(registers: readonly Register[]): Snapshots {
  const kept = new Map<string, string[]>()
  // A name is given once: one that was forgotten must not come to mean another state.
  let taken = 0
  return {
    take() {
      taken += 1
      const id = `s${taken}`
      kept.set(
        id,
        registers.flatMap((register) =>
          [...register.entities()].map((entity) => JSON.stringify([register.kind, entity])),
        ),
      )
      if (kept.size > SNAPSHOTS_KEPT) kept.delete(kept.keys().next().value!)
      return id
    },
    names: () => [...kept.keys()],
    bringBack(id) {
      const lines = kept.get(id)
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
