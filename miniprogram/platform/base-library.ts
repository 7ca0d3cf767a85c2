import { describeClient } from './client-description'

/**
 * The oldest base library that the pages are written for: theme.json gives app.json its colours since 2.11.0. Functions of wx
 * that are newer are guarded where they are called, which scripts/lint-miniprogram.ts checks.
 */
export const minimumBaseLibrary = '2.11.0'

/** Whether the client is certainly older than the pages need. */
export function isBaseLibraryOld(): boolean {
  const { SDKVersion } = describeClient()
  return !!SDKVersion && isOlder(SDKVersion, minimumBaseLibrary)
}

/** Leads to WeChat's own page for its upgrade, where the client has one: since base library 2.12.0. */
export function leadToUpgrade(): void {
  const { updateWeChatApp } = wx as Partial<Pick<typeof wx, 'updateWeChatApp'>>
  updateWeChatApp?.()
}

function isOlder(version: string, than: string): boolean {
  const [mine, theirs] = [version, than].map((text) => text.split('.').map(Number))
  for (let part = 0; part < 3; part += 1) {
    const difference = (mine?.[part] ?? 0) - (theirs?.[part] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
