import type { LocalStorageChange } from '../bridge/protocol.ts'
import type { WebStorage } from '../device.ts'

/** Keeps the web-views' local storage under one key of the window's, so that a reloaded phone still has it. */
export function createWebStorage(store: Storage, key: string): WebStorage {
  const listeners = new Set<(change: LocalStorageChange) => void>()
  const read = (): Record<string, string> => JSON.parse(store.getItem(key) ?? '{}') as Record<string, string>
  return {
    read,
    write(change, from) {
      const { [change.key]: _old, ...others } = read()
      const kept = change.value === null ? others : { ...others, [change.key]: change.value }
      store.setItem(key, JSON.stringify(kept))
      for (const hear of listeners) if (hear !== from) hear(change)
    },
    join: (hear) => void listeners.add(hear),
    leave: (hear) => void listeners.delete(hear),
  }
}
