/**
 * A web-view has a session storage of its own, as each does on a device; in the visitor's browser all frames of one
 * phone would share one. Keys are kept apart by the web-view's id, which is the frame's name: `{boot}.{number}`.
 */
export function createTabStorage(store: Storage, webViewId: string): Storage {
  const prefix = `${webViewId}/`
  forgetEarlierBoots(store, webViewId)
  const keys = (): string[] => Object.keys(store).filter((key) => key.startsWith(prefix))
  const methods: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'clear'> = {
    getItem: (key) => store.getItem(prefix + String(key)),
    setItem: (key, value) => store.setItem(prefix + String(key), String(value)),
    removeItem: (key) => store.removeItem(prefix + String(key)),
    key: (index) => keys()[index]?.slice(prefix.length) ?? null,
    clear: () => keys().forEach((key) => store.removeItem(key)),
  }
  // Pages also write sessionStorage.name = value and enumerate it, so plain methods are not enough.
  return new Proxy(methods, {
    get: (target, key) => {
      if (key === 'length') return keys().length
      if (typeof key === 'symbol' || key in target) return Reflect.get(target, key) as unknown
      return store.getItem(prefix + key) ?? undefined
    },
    set: (_target, key, value) => {
      store.setItem(prefix + String(key), String(value))
      return true
    },
    deleteProperty: (_target, key) => {
      store.removeItem(prefix + String(key))
      return true
    },
    has: (target, key) => key in target || store.getItem(prefix + String(key)) !== null,
    ownKeys: () => keys().map((key) => key.slice(prefix.length)),
    getOwnPropertyDescriptor: (_target, key) => {
      const value = store.getItem(prefix + String(key))
      return value === null ? undefined : { value, writable: true, enumerable: true, configurable: true }
    },
  }) as Storage
}

function forgetEarlierBoots(store: Storage, webViewId: string): void {
  const boot = webViewId.slice(0, webViewId.lastIndexOf('.') + 1)
  for (const key of Object.keys(store)) if (!key.startsWith(boot)) store.removeItem(key)
}
