/** What the client says of itself. Each part may be missing: base libraries differ, and so do the hosts that bring them. */
interface ClientDescription {
  language?: string
  /** In px. */
  fontSizeSetting?: number
  platform?: string
  /** Version of the base library, e.g. "3.8.12". */
  SDKVersion?: string
}

/** The functions that tell it, as a base library may have them or not. */
type Tellers = Partial<
  Record<'getAppBaseInfo' | 'getDeviceInfo' | 'getSystemInfoSync', (this: void) => ClientDescription>
>

/**
 * wx.getAppBaseInfo and wx.getDeviceInfo exist since base library 2.20.1, and not in WeCom on a Mac; wx.getSystemInfoSync
 * always has. Never throws: what nobody tells is left out.
 */
export function describeClient(): ClientDescription {
  const tellers = wx as unknown as Tellers
  const newer = { ...told(tellers.getDeviceInfo), ...told(tellers.getAppBaseInfo) }
  const isWhole = newer.language && newer.platform && newer.fontSizeSetting !== undefined
  return isWhole ? newer : { ...told(tellers.getSystemInfoSync), ...newer }
}

function told(teller: (() => ClientDescription) | undefined): ClientDescription {
  try {
    return teller ? teller() : {}
  } catch (reason) {
    console.warn('the client does not describe itself', reason)
    return {}
  }
}
