import { moduleParameters } from '../../compile/module-parameters.ts'
import type { Program } from '../../program.ts'
import { phoneAddress } from '../phone/web-view.ts'
import type { Bar, Device } from '../device.ts'
import { barOf } from './bar.ts'
import { createModules } from './modules.ts'
import { type PageAddress, readPageAddress } from './page-address.ts'
import { type OpenPage, type PageStack, addressOf, createPageStack } from './page-stack.ts'
import { createPageBuilder } from './page-builder.ts'
import { watchScrolling } from './scrolling.ts'
import { type ShareCard, shareCardOf } from './share.ts'
import { type WebViewHost, createWebViewHost } from './web-view-host.ts'
import { type Wx, createWx } from './wx/wx.ts'
import type { LaunchOptions } from './wx/system.ts'

/** A running copy of the mini-program on one phone. */
export interface MiniProgram {
  pages(): readonly OpenPage[]
  /** The bar above the page on top. */
  bar(): Bar
  /** Goes back in the web page, else closes the top page. False: this is the first page. */
  back(): boolean
  /** The session's addresses: for each page its own and, in a web-view, those of its web pages. */
  history(): string[]
  /** The card the page on top would share; null when it does not share. */
  share(): ShareCard | null
  /** wx.navigateTo from outside, as a test needs it. */
  navigateTo(url: string): Promise<void>
  reloadWebView(): void
  /** Destroys the nearest web-view page as a device short of memory does; false: there is none. */
  evictWebView(): boolean
  /** Comes to the front, perhaps by another way in. */
  show(launched?: LaunchOptions): void
  hide(): void
  destroy(): void
}

interface AppInstance {
  [name: string]: unknown
}

/**
 * Starts the mini-program cold.
 * @param host the element its pages are put into
 * @param changed the bar must be drawn again
 */
export function launchMiniProgram(
  program: Program,
  device: Device,
  host: HTMLElement,
  launched: LaunchOptions,
  changed: () => void,
): MiniProgram {
  let app: AppInstance = {}
  let latest = launched
  let isGone = false
  const callApp = (name: string, ...given: unknown[]): void => {
    const method = app[name]
    if (typeof method === 'function') guard(() => method.apply(app, given) as unknown)
  }
  const guard = (run: () => unknown): void => {
    try {
      run()
    } catch (error) {
      console.error(error)
      if (typeof app.onError === 'function')
        app.onError(error instanceof Error ? `${error.message}\n${error.stack}` : String(error))
    }
  }
  const webViews: WebViewHost = createWebViewHost(
    device,
    async (name, options) => wx.forProgram[name]?.(withoutCallbacks(options)),
    changed,
  )
  const builder = createPageBuilder(program, host, {
    device,
    webViews,
    assetUrl: (src) =>
      /^[a-z]+:/i.test(src) ? (phoneAddress(device, src) ?? src) : `/_phone/assets/${src.replace(/^\//, '')}`,
    navigate: (openType, url) => void wx.navigateByTag(openType, url),
    share: (target) => wx.shareByButton(target),
  })
  const stack: PageStack = createPageStack({
    host,
    build: (address) => builder.build(address.route),
    webViewOf: webViews.within,
    changed() {
      titleWebViews(stack, webViews)
      const top = stack.top()
      if (top !== undefined) watchScrolling(top, program)
      changed()
    },
    guard,
  })
  const wx: Wx = createWx({
    program,
    device,
    stack,
    webViews,
    host,
    changed,
    first: launched,
    latest: () => latest,
    isGone: () => isGone,
  })
  const timers = createTimers()
  const given: Record<string, unknown> = {
    wx: wx.forProgram,
    App: (definition: AppInstance) => {
      app = definition
    },
    getApp: () => app,
    getCurrentPages: () => stack.pages().map((page) => page.instance),
    console,
    ...timers.functions,
  }
  const load = createModules(program, (path) =>
    moduleParameters.slice(3).map((name) => given[name] ?? builder.registrars(path)[name]),
  )

  load('app')
  for (const component of program.components.toReversed()) load(component.path)
  const first = firstPage(program, launched, (address) =>
    callApp('onPageNotFound', { path: address.route, query: address.query, isEntryPage: true }),
  )
  callApp('onLaunch', { ...launched, referrerInfo: {} })
  callApp('onShow', { ...launched, referrerInfo: {} })
  if (stack.top() === undefined) stack.push(first)

  return {
    pages: () => stack.pages(),
    bar: () => barOf(program, device.theme, stack.top(), webViewOnTop()?.title()),
    back() {
      const view = webViewOnTop()
      if (view?.canGoBack()) view.back()
      else if (stack.pages().length > 1) stack.pop(1)
      else return false
      return true
    },
    history: () =>
      stack.pages().flatMap((page) => [addressOf(page), ...(webViews.within(page.element)?.entries() ?? [])]),
    share: () => shareCardOf(stack, webViews, { from: 'menu' }),
    async navigateTo(url) {
      await wx.forProgram.navigateTo?.({ url })
    },
    reloadWebView: () => webViewOnTop()?.reload(),
    evictWebView() {
      const page = stack.pages().findLast((one) => webViews.within(one.element) !== undefined)
      if (page === undefined) return false
      if (page === stack.top()) stack.replaceTop(page.address)
      else stack.evict(page)
      return true
    },
    show(again) {
      if (again !== undefined) latest = again
      callApp('onShow', { ...latest, referrerInfo: {} })
      stack.show()
    },
    hide() {
      stack.hide()
      callApp('onHide')
    },
    destroy() {
      isGone = true
      stack.destroy()
      timers.stop()
      host.replaceChildren()
    },
  }

  function webViewOnTop() {
    const top = stack.top()
    return top === undefined ? undefined : webViews.within(top.element)
  }
}

function firstPage(
  program: Program,
  { path, query }: LaunchOptions,
  notFound: (address: PageAddress) => void,
): PageAddress {
  const address = {
    route: readPageAddress(path === '' ? '/' : `/${path.replace(/^\//, '')}`, '').route,
    query,
  }
  if (program.app.pages.includes(address.route)) return address
  const home = { route: program.app.pages[0] ?? '', query: {} }
  if (path !== '') notFound(address)
  return home
}

/** Scripts look for the web-view by its title, so only the uppermost one bears it. */
function titleWebViews(stack: PageStack, webViews: WebViewHost): void {
  let isUppermost = true
  for (const page of stack.pages().toReversed()) {
    const view = webViews.within(page.element)
    if (view === undefined) continue
    view.element.title = isUppermost ? 'web-view' : 'covered web-view'
    isUppermost = false
  }
}

/** A page's callbacks do not cross the bridge; the promise form answers it. */
function withoutCallbacks({
  success: _s,
  fail: _f,
  complete: _c,
  ...options
}: Record<string, unknown>): object {
  return options
}

/** Timers that die with the program, as its whole JavaScript engine does on a device. */
function createTimers() {
  const running = new Set<ReturnType<typeof setTimeout>>()
  const start =
    (begin: typeof setTimeout) =>
    (run: (...given: unknown[]) => void, delayMs?: number, ...given: unknown[]) => {
      const timer = begin(run, delayMs, ...given)
      running.add(timer)
      return timer
    }
  const stop = (timer: ReturnType<typeof setTimeout>): void => {
    clearTimeout(timer)
    running.delete(timer)
  }
  return {
    functions: {
      setTimeout: start(setTimeout),
      clearTimeout: stop,
      setInterval: start(setInterval as unknown as typeof setTimeout),
      clearInterval: stop,
    },
    stop: () => running.forEach(stop),
  }
}
