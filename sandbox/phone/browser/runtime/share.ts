import type { ShareCard } from '../device.ts'
import type { OpenPage, PageStack } from './page-stack.ts'
import { addressOf } from './page-stack.ts'
import type { WebViewHost } from './web-view-host.ts'

const withoutMenu = new WeakSet<OpenPage>()

/** wx.hideShareMenu and wx.showShareMenu of a page. */
export function allowSharing(page: OpenPage | undefined, isAllowed: boolean): void {
  if (page === undefined) return
  if (isAllowed) withoutMenu.delete(page)
  else withoutMenu.add(page)
}

/** @returns the card the page on top makes; null when it has no onShareAppMessage or has hidden the menu */
export function shareCardOf(
  stack: PageStack,
  webViews: WebViewHost,
  by: { from: 'menu' } | { from: 'button'; target: unknown },
): ShareCard | null {
  const page = stack.pages.at(-1)
  const ask = page?.instance.onShareAppMessage
  if (page === undefined || typeof ask !== 'function') return null
  if (by.from === 'menu' && withoutMenu.has(page)) return null
  const view = webViews.within(page.element)
  if (view !== undefined) webViews.deliverMessages(view)
  const given = { ...by, ...(view !== undefined && { webViewUrl: view.url() }) }
  const card = (ask.call(page.instance, given) ?? {}) as Partial<ShareCard>
  return {
    title: card.title ?? '小程序',
    path: card.path ?? addressOf(page),
    imageUrl: card.imageUrl ?? null,
  }
}
