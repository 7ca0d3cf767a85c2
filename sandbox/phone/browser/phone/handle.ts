/**
 * What tests and the console may do with a phone besides touching its glass: `window.qiaofuPhones.a`.
 * A person can do all of it by hand; this only says it shorter.
 */
export interface PhoneHandle {
  /** Addresses of the session, lowest first: routes with their query, and the web pages of each web-view. */
  history(): string[]
  /** Where the person stands: the web page in front, else the route with its query. */
  url(): string
  /** Path of the card the page on top would share; null when it shares none. */
  sharePath(): string | null
  /** Routes of the page stack, lowest first. */
  stack(): string[]
  /** Kills the mini-program and opens it cold at a page. Scene 1007 (a card) unless told otherwise. */
  openPage(url: string, options?: { scene?: number }): Promise<void>
  /** wx.navigateTo; rejects with WeChat's errMsg. */
  navigateTo(url: string): Promise<void>
  /** Destroys the nearest web-view page, as a device short of memory does. False: there is none. */
  evictWebView(): boolean
  /** The phone's back button. */
  back(): Promise<void>
  /** Ends the mini-program's process. */
  kill(): void
}

/** The handle of a program that shows web pages alone: there is no mini-program in it. */
export function pageOnly(page: Pick<PhoneHandle, 'history' | 'url' | 'back'>): PhoneHandle {
  const refuse = () => Promise.reject(new Error('there is no mini-program here'))
  return {
    ...page,
    sharePath: () => null,
    stack: () => [],
    openPage: refuse,
    navigateTo: refuse,
    evictWebView: () => false,
    kill: () => undefined,
  }
}

declare global {
  interface Window {
    /** By the phone's name; filled when the phone is on. */
    qiaofuPhones: Record<string, PhoneHandle>
  }
}
