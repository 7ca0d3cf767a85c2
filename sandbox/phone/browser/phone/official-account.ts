import type { Device } from '../device.ts'
import { answerInvoke } from './bridge-functions.ts'
import { showToCameras } from './camera.ts'
import { createJsSdk } from './js-sdk.ts'
import { createPageShare } from './page-share.ts'
import { createWebView } from './web-view.ts'

/** WeChat's own browser, as the menu of an official account opens it. */
export interface OfficialAccountBrowser {
  element: HTMLElement
  /** The page's own title. */
  title(): string
  /** False: the page has no history to go back in. */
  back(): boolean
  history(): string[]
  url(): string
  reload(): void
  /** The person sends it to a friend. */
  share(): void
  /** The cashier lies over the page, or no longer does. */
  cover(isCovered: boolean): void
  close(): void
}

/** WeChat on a computer opens no cashier for a page: pages show a code there, which the phone scans. */
const NO_PAGE_CASHIER = {
  err_msg: 'get_brand_wcpay_request:fail',
  err_desc: '请在手机微信中完成支付',
}

/**
 * @param changed the bar must be drawn again
 * @param leave the page called closeWindow
 */
export function openOfficialAccount(
  device: Device,
  url: string,
  changed: () => void,
  leave: () => void,
): OfficialAccountBrowser {
  const view = createWebView(device, {
    document() {
      sdk.forget()
      sharing.forget()
    },
    listen: (name) => sharing.listen(name),
    invoke: (name, args, landing) =>
      answerInvoke(
        {
          ...sharing.functions,
          getBrandWCPayRequest: async (launch) => {
            if (!device.profile.hasPageCashier) return NO_PAGE_CASHIER
            const ending = await device.pay(String(launch.appId ?? ''), launch, view.url())
            const answer = { err_msg: `get_brand_wcpay_request:${ending.is}` }
            return ending.is === 'fail' ? { ...answer, err_desc: ending.detail } : answer
          },
          closeWindow: () => {
            leave()
            return { err_msg: 'closeWindow:ok' }
          },
        },
        sdk,
        { name, args, landing },
      ),
    change: changed,
  })
  const sdk = createJsSdk(device, view.url)
  const sharing = createPageShare(device, sdk, () => view)
  view.open(url)
  const hide = showToCameras(view.pictures)
  return {
    element: view.element,
    title: view.title,
    back() {
      if (!view.canGoBack()) return false
      view.back()
      return true
    },
    history: view.entries,
    url: view.url,
    reload: view.reload,
    share: sharing.share,
    cover: view.cover,
    close() {
      hide()
      view.close()
    },
  }
}
