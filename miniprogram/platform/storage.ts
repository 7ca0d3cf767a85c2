/** What was stored under the key, or undefined. An unreadable storage counts as empty: everything in it can be had again. */
export function recall<T>(key: string): T | undefined {
  try {
    const found: T | '' = wx.getStorageSync(key)
    return found === '' ? undefined : found
  } catch {
    return undefined
  }
}

/** Keeps a value on this device, for this WeChat user. A full storage only costs another login next time. */
export function remember(key: string, value: unknown): void {
  try {
    wx.setStorageSync(key, value)
  } catch (reason) {
    console.warn('storage refused', reason)
  }
}

export function forget(key: string): void {
  try {
    wx.removeStorageSync(key)
  } catch (reason) {
    console.warn('storage refused', reason)
  }
}
