import type { Register } from './journal.ts'

/** States that are kept in memory under a name. */
export interface Snapshots {
  /** Keeps the present state and returns its name. */
  take(): string
  /** Puts a kept state in place of the present one. False: there is none of that name. */
  bringBack(id: string): boolean
}

/** Registers are emptied and filled again; what lives outside them is the caller's to clear. */
export function createSnapshots(registers: readonly Register[]): Snapshots {
  const kept = new Map<string, string[]>()
  return {
    take() {
      const id = `s${kept.size + 1}`
      kept.set(
        id,
        registers.flatMap((register) =>
          [...register.entities()].map((entity) => JSON.stringify([register.kind, entity])),
        ),
      )
      return id
    },
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
