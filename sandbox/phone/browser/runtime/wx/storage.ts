import { ApiRefusal, api } from './call.ts'

/** One value may be 1 MB (https://developers.weixin.qq.com/miniprogram/dev/framework/ability/storage.html). */
const VALUE_LIMIT = 1024 * 1024

/**
 * wx's storage of one person on one phone.
 * @param prefix keeps phones, people and mini-programs apart in the window's local storage
 */
export function storage(store: Storage, prefix: string) {
  const keys = (): string[] => Object.keys(store).filter((key) => key.startsWith(prefix))
  const read = (key: string): unknown => {
    const text = store.getItem(prefix + key)
    return text === null ? undefined : (JSON.parse(text) as unknown)
  }
  const write = (key: string, value: unknown): void => {
    const text = JSON.stringify(value) ?? '""'
    if (text.length > VALUE_LIMIT) throw new ApiRefusal('entry size limit reached')
    store.setItem(prefix + key, text)
  }
  const clear = (): void => keys().forEach((key) => store.removeItem(key))
  const overview = () => ({
    keys: keys().map((key) => key.slice(prefix.length)),
    currentSize: Math.ceil(keys().reduce((size, key) => size + (store.getItem(key) ?? '').length, 0) / 1024),
    limitSize: 10240,
  })
  return {
    getStorageSync: (key: string): unknown => read(key) ?? '',
    setStorageSync: (key: string, value: unknown): void => write(key, value),
    removeStorageSync: (key: string): void => store.removeItem(prefix + key),
    clearStorageSync: clear,
    getStorageInfoSync: overview,
    getStorage: api('getStorage', async ({ key }: { key: string }) => {
      const value = read(key)
      if (value === undefined) throw new ApiRefusal('data not found')
      return { data: value }
    }),
    setStorage: api('setStorage', async ({ key, data }: { key: string; data: unknown }) => write(key, data)),
    removeStorage: api('removeStorage', async ({ key }: { key: string }) => store.removeItem(prefix + key)),
    clearStorage: api('clearStorage', async () => clear()),
    getStorageInfo: api('getStorageInfo', async () => overview()),
  }
}
