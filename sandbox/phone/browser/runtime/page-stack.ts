import type { WebView } from '../phone/web-view.ts'
import { element } from '../element.ts'
import { type PageAddress, writePageAddress } from './page-address.ts'

/** WeChat keeps ten pages: https://developers.weixin.qq.com/miniprogram/dev/framework/app-service/route.html */
export const PAGE_LIMIT = 10

/** What Page() made, as the stack uses it; the page's own fields are whatever it likes. */
export type PageInstance = Record<string, unknown> & { route: string; options: Record<string, string> }

/** A page as the template engine built it. */
export interface BuiltPage {
  instance: PageInstance
  /** Puts it into the document. */
  attach(parent: HTMLElement, placeholder: HTMLElement): void
  /** Tells its components: show, hide. */
  lifetime(name: 'show' | 'hide'): void
  release(): void
}

/** A page of the stack. */
export interface OpenPage {
  address: PageAddress
  instance: PageInstance
  element: HTMLElement
  built: BuiltPage
  /** Set by wx.setNavigationBarTitle; null: what the json or the web page says. */
  title: string | null
}

/** The pages of a running mini-program, and what they are made of. */
export interface PageStack {
  /** Lowest first. */
  pages: OpenPage[]
  host: HTMLElement
  build(route: string): BuiltPage
  webViewOf(page: HTMLElement): WebView | undefined
  /** Another page is on top. */
  changed(): void
  /** Runs a function of a page so that its failure reaches App.onError and nothing else breaks. */
  guard(run: () => unknown): void
}

/** wx.navigateTo */
export function push(stack: PageStack, address: PageAddress): void {
  stack.pages.at(-1)?.element.setAttribute('data-covered', '')
  hideTop(stack)
  open(stack, address)
  stack.changed()
}

/** wx.redirectTo */
export function replaceTop(stack: PageStack, address: PageAddress): void {
  const replaced = stack.pages.at(-1)
  if (replaced !== undefined) close(stack, replaced)
  open(stack, address)
  stack.changed()
}

/** wx.reLaunch */
export function relaunch(stack: PageStack, address: PageAddress): void {
  for (const page of stack.pages.toReversed()) close(stack, page)
  open(stack, address)
  stack.changed()
}

/** wx.navigateBack: closes pages from the top; the lowest stays. */
export function pop(stack: PageStack, delta: number): void {
  for (const page of stack.pages.slice(1).slice(-delta).toReversed()) close(stack, page)
  showTop(stack)
}

/** Destroys a page below the top, as a phone short of memory does. */
export function evict(stack: PageStack, page: OpenPage): void {
  close(stack, page)
  stack.changed()
}

/** The page on top is seen again. */
export function showTop(stack: PageStack): void {
  const top = stack.pages.at(-1)
  if (top !== undefined) {
    top.element.removeAttribute('data-covered')
    stack.webViewOf(top.element)?.cover(false)
    call(stack, top, 'onShow')
    top.built.lifetime('show')
  }
  stack.changed()
}

/** Something lies over the page on top: another page, the conversations, the cashier. */
export function hideTop(stack: PageStack): void {
  const top = stack.pages.at(-1)
  if (top === undefined) return
  stack.webViewOf(top.element)?.cover(true)
  call(stack, top, 'onHide')
  top.built.lifetime('hide')
}

/** The process dies: no page hears of it. */
export function discardAll(stack: PageStack): void {
  for (const page of stack.pages.splice(0).toReversed()) {
    page.built.release()
    page.element.remove()
  }
}

/** The address of a page with its query, as histories show it. */
export function addressOf(page: OpenPage): string {
  return writePageAddress(page.address)
}

function open(stack: PageStack, address: PageAddress): void {
  const built = stack.build(address.route)
  const placeholder = element('span')
  const scroller = element('.mp-page', { 'data-route': address.route }, placeholder)
  const frame = element('.mp-page-frame', {}, scroller)
  stack.host.append(frame)
  const page: OpenPage = { address, instance: built.instance, element: frame, built, title: null }
  page.instance.route = address.route
  page.instance.options = address.query
  stack.pages.push(page)
  built.attach(scroller, placeholder)
  call(stack, page, 'onLoad', { ...address.query })
  call(stack, page, 'onShow')
  built.lifetime('show')
  call(stack, page, 'onReady')
}

function close(stack: PageStack, page: OpenPage): void {
  stack.pages.splice(stack.pages.indexOf(page), 1)
  call(stack, page, 'onUnload')
  page.built.release()
  page.element.remove()
}

function call(stack: PageStack, page: OpenPage, name: string, ...given: unknown[]): void {
  const method = page.instance[name]
  if (typeof method === 'function') stack.guard(() => method.apply(page.instance, given) as unknown)
}
