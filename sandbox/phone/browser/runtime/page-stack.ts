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

/** The pages of a running mini-program, lowest first. */
export interface PageStack {
  pages(): readonly OpenPage[]
  top(): OpenPage | undefined
  push(address: PageAddress): void
  replaceTop(address: PageAddress): void
  relaunch(address: PageAddress): void
  /** Removes pages from the top; the lowest stays. */
  pop(delta: number): void
  /** Destroys a page below the top, as a phone short of memory does. */
  evict(page: OpenPage): void
  /** The whole mini-program comes to the front or leaves it. */
  show(): void
  hide(): void
  destroy(): void
}

interface StackParts {
  host: HTMLElement
  build(address: PageAddress): BuiltPage
  webViewOf(page: HTMLElement): WebView | undefined
  /** Another page is on top, or none. */
  changed(): void
  /** Runs a function of a page so that its failure reaches App.onError and nothing else breaks. */
  guard(run: () => unknown): void
}

/** An empty stack. */
export function createPageStack(parts: StackParts): PageStack {
  const { host, webViewOf, guard } = parts
  const stack: OpenPage[] = []
  const call = (page: OpenPage, name: string, ...given: unknown[]): void => {
    const method = page.instance[name]
    if (typeof method === 'function') guard(() => method.apply(page.instance, given) as unknown)
  }
  const reveal = (page: OpenPage): void => {
    page.element.removeAttribute('data-covered')
    webViewOf(page.element)?.cover(false)
    call(page, 'onShow')
    page.built.lifetime('show')
  }
  const conceal = (page: OpenPage): void => {
    page.element.setAttribute('data-covered', '')
    webViewOf(page.element)?.cover(true)
    call(page, 'onHide')
    page.built.lifetime('hide')
  }
  const open = (address: PageAddress): void => {
    const built = parts.build(address)
    const scroller = element('.mp-page', { 'data-route': address.route })
    const frame = element('.mp-page-frame', {}, scroller)
    const placeholder = element('span')
    scroller.append(placeholder)
    host.append(frame)
    const page: OpenPage = { address, instance: built.instance, element: frame, built, title: null }
    page.instance.route = address.route
    page.instance.options = address.query
    stack.push(page)
    built.attach(scroller, placeholder)
    call(page, 'onLoad', { ...address.query })
    call(page, 'onShow')
    built.lifetime('show')
    call(page, 'onReady')
  }
  const close = (page: OpenPage): void => {
    stack.splice(stack.indexOf(page), 1)
    call(page, 'onUnload')
    page.built.release()
    page.element.remove()
  }
  const closeAll = (): void => {
    for (const page of stack.toReversed()) close(page)
  }
  return {
    pages: () => stack,
    top: () => stack.at(-1),
    push(address) {
      const below = stack.at(-1)
      if (below !== undefined) conceal(below)
      open(address)
      parts.changed()
    },
    replaceTop(address) {
      const replaced = stack.at(-1)
      if (replaced !== undefined) close(replaced)
      open(address)
      parts.changed()
    },
    relaunch(address) {
      closeAll()
      open(address)
      parts.changed()
    },
    pop(delta) {
      for (let left = Math.min(delta, stack.length - 1); left > 0; left -= 1) close(stack.at(-1) as OpenPage)
      const top = stack.at(-1)
      if (top !== undefined) reveal(top)
      parts.changed()
    },
    evict(page) {
      close(page)
      parts.changed()
    },
    show() {
      const top = stack.at(-1)
      if (top !== undefined) reveal(top)
      parts.changed()
    },
    hide() {
      const top = stack.at(-1)
      if (top !== undefined) conceal(top)
    },
    destroy: closeAll,
  }
}

/** The address of a page with its query, as histories show it. */
export function addressOf(page: OpenPage): string {
  return writePageAddress(page.address)
}
