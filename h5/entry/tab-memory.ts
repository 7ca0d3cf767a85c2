/** sessionStorage that may be forbidden: forgetting is fine, failing is not. */
export const tabMemory = memoryOf(() => window.sessionStorage)

/** The same over localStorage, for what must outlive one web-view. */
export const phoneMemory = memoryOf(() => window.localStorage)

export interface Memory {
  get(key: string): string | null
  set(key: string, value: string): void
  remove(key: string): void
}

function memoryOf(storage: () => Storage): Memory {
  const attempt = <T>(use: (store: Storage) => T): T | null => {
    try {
      return use(storage())
    } catch {
      return null
    }
  }
  return {
    get: (key) => attempt((store) => store.getItem(key)),
    set: (key, value) => void attempt((store) => store.setItem(key, value)),
    remove: (key) => void attempt((store) => store.removeItem(key)),
  }
}
