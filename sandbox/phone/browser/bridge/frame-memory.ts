import type { SavedHistory } from './web-history.ts'

/** What a web-view remembers from one document to the next. */
export interface FrameMemory {
  session: Record<string, string>
  /** Copy of the phone's local storage; the phone keeps the original. */
  local: Record<string, string>
  history: SavedHistory | null
}

/**
 * The memory of this frame. A browser may refuse storage to a page inside another site's window, and one phone's
 * web-views would share it anyway; window.name belongs to the frame alone, outlives its documents and is read at once.
 * @returns the memory, and what writes it down after a change
 */
export function openFrameMemory(): { memory: FrameMemory; keep: () => void } {
  const native = Object.getOwnPropertyDescriptor(window, 'name')
  const memory = read(window.name)
  const keep = (): void => void native?.set?.call(window, JSON.stringify(memory))
  let pageName = ''
  Object.defineProperty(window, 'name', {
    get: () => pageName,
    set: (value: unknown) => {
      pageName = String(value)
    },
    configurable: true,
  })
  return { memory, keep }
}

function read(name: string): FrameMemory {
  try {
    return JSON.parse(name) as FrameMemory
  } catch {
    return { session: {}, local: {}, history: null }
  }
}

/**
 * sessionStorage or localStorage over a plain record.
 * @param changed told of each key that was written, with null when it was removed
 */
export function createStorage(
  record: Record<string, string>,
  changed: (key: string, value: string | null) => void,
): Storage {
  const write = (key: string, value: unknown): void => {
    record[key] = String(value)
    changed(key, String(value))
  }
  const remove = (key: string): void => {
    if (!Object.hasOwn(record, key)) return
    delete record[key]
    changed(key, null)
  }
  const read = (key: string): string | undefined => (Object.hasOwn(record, key) ? record[key] : undefined)
  const methods: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'clear'> = {
    getItem: (key) => read(String(key)) ?? null,
    setItem: (key, value) => write(String(key), value),
    removeItem: (key) => remove(String(key)),
    key: (index) => Object.keys(record)[index] ?? null,
    clear: () => Object.keys(record).forEach(remove),
  }
  // Pages also write storage.name = value and enumerate it, so plain methods are not enough.
  return new Proxy(methods, {
    get: (target, key) => {
      if (key === 'length') return Object.keys(record).length
      return typeof key === 'symbol' || key in target ? (Reflect.get(target, key) as unknown) : read(key)
    },
    set: (_target, key, value) => {
      write(String(key), value)
      return true
    },
    deleteProperty: (_target, key) => {
      remove(String(key))
      return true
    },
    has: (target, key) => key in target || read(String(key)) !== undefined,
    ownKeys: () => Object.keys(record),
    getOwnPropertyDescriptor: (_target, key) => {
      const value = read(String(key))
      return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true }
    },
  }) as Storage
}
