import { moduleParameters } from '../../compile/module-parameters.ts'
import type { Program } from '../../program.ts'
import type { Bar, Device, ShareCard } from '../device.ts'
import { type WebView, phoneAddress } from '../phone/web-view.ts'
import { barOf } from './bar.ts'
import { createModules } from './modules.ts'
import { type Foreground, createForeground } from './foreground.ts'
import { type LaunchOptions, told } from './launch-options.ts'
import { type Outside, createOutside } from './outside.ts'
import { type PageAddress, readPageAddress } from './page-address.ts'
import { type PageBuilder, createPageBuilder } from './page-builder.ts'
import {
  type OpenPage,
  type PageStack,
  addressOf,
  discardAll,
  evict,
  pop,
  push,
  replaceTop,
} from './page-stack.ts'
import { watchScrolling } from './scrolling.ts'
import { shareCardOf } from './share.ts'
import { createTimers } from './timers.ts'
import { type WebViewHost, createWebViewHost } from './web-view-host.ts'
import { launchApp } from './wx/elsewhere.ts'
import { type Wx, createWx } from './wx/wx.ts'

/** A running copy of the mini-program on one phone. */
export interface MiniProgram {
  pages(): readonly OpenPage[]
  /** The bar above the page on top. */
  bar(): Bar
  /** Whether there is anything to go back to: in the web page, else below the top page. */
  canGoBack(): boolean
  /** Goes back in the web page, else closes the top page. False: this is the first page. */
  back(): boolean
  /** The session's addresses: for each page its own and, in a web-view, those of its web pages. */
  history(): string[]
  /** The address in sight: the web page's, else the page's own. */
  url(): string
  /** The card the page on top would share; null when it does not share. */
  share(): ShareCard | null
  /** wx.navigateTo from outside, as a test needs it. */
  navigateTo(url: string): Promise<void>
  reloadWebView(): void
  /** Destroys the nearest web-view page as a device short of memory does; false: there is none. */
  evictWebView(): boolean
  /** Comes to the front, perhaps by another way in than before. */
  show(launched?: LaunchOptions): void
  hide(): void
  destroy(): void
}

/** One run of the program, from its cold start to its death. */
interface Run {
  program: Program
  device: Device
  host: HTMLElement
  foreground: Foreground
  /** What it left the front for. */
  outside: Outside
  isGone: boolean
  /** What App() was given. */
  app: Record<string, unknown>
  webViews: WebViewHost
  builder: PageBuilder
  stack: PageStack
  wx: Wx
  timers: ReturnType<typeof createTimers>
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
  const run = {
    program,
    device,
    host,
    isGone: false,
    app: {},
    timers: createTimers(),
  } as Run
  run.webViews = createWebViewHost(
    device,
    async (name, options) => run.wx.forProgram[name]?.(options),
    changed,
  )
  run.builder = createPageBuilder(program, host, {
    device,
    webViews: run.webViews,
    assetUrl: (src) => assetUrl(device, src),
    navigate: (openType, url) => void run.wx.navigateByTag(openType, url),
    share: (target) => run.wx.shareByButton(target),
    launchApp: (parameter) => launchApp(run, parameter),
  })
  run.stack = {
    pages: [],
    host,
    build: run.builder.build,
    webViewOf: run.webViews.within,
    guard: (call) => guard(run, call),
    changed() {
      titleWebViews(run)
      const top = run.stack.pages.at(-1)
      if (top !== undefined) watchScrolling(top, program)
      changed()
    },
  }
  const { stack, webViews } = run
  const call = (name: string, ...given: unknown[]) => callApp(run, name, ...given)
  run.foreground = createForeground(host, stack, launched, call)
  run.outside = createOutside(host, device, changed)
  run.wx = createWx({
    program,
    device,
    stack,
    webViews,
    host,
    changed,
    first: launched,
    foreground: run.foreground,
    outside: run.outside,
    isGone: () => run.isGone,
  })
  start(run)
  return controls(run)
}

/** Evaluates the modules, components before those who use them, and opens the first page. */
function start(run: Run): void {
  const { program, stack, builder, wx } = run
  const latest = run.foreground.latest()
  const given: Record<string, unknown> = {
    wx: wx.forProgram,
    App: (definition: Record<string, unknown>) => {
      run.app = definition
    },
    getApp: () => run.app,
    getCurrentPages: () => stack.pages.map((page) => page.instance),
    console,
    ...run.timers.functions,
  }
  const load = createModules(program, (path) =>
    moduleParameters.slice(3).map((name) => given[name] ?? builder.registrars(path)[name]),
  )
  load('app')
  for (const component of program.components.toReversed()) load(component.path)
  const options = told(latest)
  callApp(run, 'onLaunch', options)
  callApp(run, 'onShow', options)
  const first = readPageAddress(`/${latest.path}`, '').route
  const isKnown = program.app.pages.includes(first)
  if (!isKnown && latest.path !== '') callApp(run, 'onPageNotFound', { ...options, isEntryPage: true })
  // onLaunch or onPageNotFound may have opened a page of their own.
  if (stack.pages.length > 0) return
  const address: PageAddress = isKnown
    ? { route: first, query: latest.query }
    : { route: program.app.pages[0] ?? '', query: {} }
  push(stack, address)
}

function controls(run: Run): MiniProgram {
  const { program, device, stack, webViews, foreground, outside } = run
  return {
    pages: () => stack.pages,
    bar: () =>
      outsideBar(run) ?? barOf(program, device.theme, stack.pages.at(-1), webViewOnTop(run)?.title()),
    canGoBack: () =>
      outside.title() !== null || webViewOnTop(run)?.canGoBack() === true || stack.pages.length > 1,
    back() {
      if (outside.leave()) return true
      const view = webViewOnTop(run)
      if (view?.canGoBack()) view.back()
      else if (stack.pages.length > 1) pop(stack, 1)
      else return false
      return true
    },
    history: () =>
      stack.pages.flatMap((page) => [addressOf(page), ...(webViews.within(page.element)?.entries() ?? [])]),
    url() {
      const top = stack.pages.at(-1)
      return webViewOnTop(run)?.url() || (top === undefined ? '' : addressOf(top))
    },
    share: () => shareCardOf(stack, webViews, { from: 'menu' }),
    navigateTo: async (url) => void (await run.wx.forProgram.navigateTo?.({ url })),
    reloadWebView: () => webViewOnTop(run)?.reload(),
    evictWebView() {
      const page = stack.pages.findLast((one) => webViews.within(one.element) !== undefined)
      if (page === undefined) return false
      // A web-view in sight comes back at once, from the address of its page.
      if (page === stack.pages.at(-1)) replaceTop(stack, page.address)
      else evict(stack, page)
      return true
    },
    show(launched) {
      outside.forget()
      foreground.show(launched)
    },
    hide() {
      // Whoever left for another place is hidden already.
      if (outside.title() === null) foreground.hide()
    },
    destroy() {
      run.isGone = true
      discardAll(stack)
      run.timers.stopAll()
      run.host.replaceChildren()
    },
  }
}

/** The bar of what lies in front of the program, if anything does. */
function outsideBar({ outside, device }: Run): Bar | null {
  const title = outside.title()
  const text = device.theme === 'dark' ? 'white' : 'black'
  return title === null ? null : { title, background: 'var(--wechat-bar)', text, isHidden: false }
}

function callApp(run: Run, name: string, ...given: unknown[]): void {
  const method = run.app[name]
  if (typeof method === 'function') guard(run, () => method.apply(run.app, given) as unknown)
}

/** A failing page function breaks nothing but itself: it is shown on the console and told to App.onError. */
function guard(run: Run, call: () => unknown): void {
  try {
    call()
  } catch (error) {
    console.error(error)
    const { onError } = run.app
    if (typeof onError === 'function')
      onError.call(run.app, error instanceof Error ? (error.stack ?? error.message) : error)
  }
}

function webViewOnTop({ stack, webViews }: Run): WebView | undefined {
  const top = stack.pages.at(-1)
  return top === undefined ? undefined : webViews.within(top.element)
}

/** Scripts look for the web-view by its title, so only the uppermost one bears it. */
function titleWebViews({ stack, webViews }: Run): void {
  const views = stack.pages.map((page) => webViews.within(page.element)).filter((view) => view !== undefined)
  for (const view of views) view.element.title = view === views.at(-1) ? 'web-view' : 'covered web-view'
}

/** A path is a file of the mini-program; an address of this machine is fetched through the phone. */
function assetUrl(device: Device, src: string): string {
  if (/^[a-z]+:/i.test(src)) return phoneAddress(device, src) ?? src
  return `/_phone/assets/${src.replace(/^\//, '')}`
}
