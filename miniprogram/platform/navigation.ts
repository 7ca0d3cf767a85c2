const webViewRoute = 'pages/web-view/web-view'

/** A web-view at this depth leaves no room for the pay page that H5 opens above it: the stack holds ten. */
const fullDepth = 9

type Go = (option: { url: string; success: () => void; fail: (reason: { errMsg: string }) => void }) => void

/** Shows an H5 path in a web-view above the current page, or in its place when the stack is nearly full. */
export function openWebView(path: string): Promise<void> {
  if (getCurrentPages().length >= fullDepth) return replaceWithWebView(path)
  return go(wx.navigateTo, webViewUrl(path)).catch(() => replaceWithWebView(path))
}

/** Shows an H5 path in a web-view in place of the current page. */
export function replaceWithWebView(path: string): Promise<void> {
  const depth = getCurrentPages().length
  return go(depth <= fullDepth ? wx.redirectTo : wx.reLaunch, webViewUrl(path))
}

/** Back to the web-view below, or false when the page below is none of ours (cold start, share, eviction). */
export async function backToWebView(): Promise<boolean> {
  const pages = getCurrentPages()
  if (pages[pages.length - 2]?.route !== webViewRoute) return false
  await go((option) => wx.navigateBack({ ...option, delta: 1 }), '')
  return true
}

export function goHome(): Promise<void> {
  return go(wx.reLaunch, '/pages/home/home')
}

/** Address of the web-view page that shows an H5 path. It carries the path only, so it may be shared. */
export function webViewUrl(path: string): string {
  return `/${webViewRoute}?to=${encodeURIComponent(path)}`
}

function go(navigate: Go, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    navigate({ url, success: () => resolve(), fail: ({ errMsg }) => reject(new Error(errMsg)) })
  })
}
