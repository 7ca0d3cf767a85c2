import type { Device } from '../../device.ts'
import type { PageStack } from '../page-stack.ts'
import { ApiRefusal, api } from './call.ts'

interface ToastOptions {
  title?: string
  icon?: 'success' | 'error' | 'loading' | 'none'
  duration?: number
  mask?: boolean
}

interface ModalOptions {
  title?: string
  content?: string
  confirmText?: string
  cancelText?: string
  showCancel?: boolean
}

/**
 * Toasts, dialogs, the bar, pull-down.
 * @param redraw the bar above the top page has changed
 */
export function screen(device: Device, stack: PageStack, redraw: () => void) {
  const { dialogs } = device
  return {
    showToast: api(
      'showToast',
      async ({ title = '', icon = 'success', duration = 1500, mask = false }: ToastOptions) =>
        dialogs.showToast({ title, icon, durationMs: duration, mask }),
    ),
    hideToast: api('hideToast', async () => dialogs.hideToast()),
    showLoading: api('showLoading', async ({ title = '', mask = false }: ToastOptions) =>
      dialogs.showToast({ title, icon: 'loading', durationMs: Infinity, mask }),
    ),
    hideLoading: api('hideLoading', async () => dialogs.hideToast()),
    showModal: api('showModal', async (options: ModalOptions) => {
      const confirm = await dialogs.showModal({
        title: options.title ?? '',
        content: options.content ?? '',
        confirmText: options.confirmText ?? '确定',
        cancelText: options.cancelText ?? '取消',
        showCancel: options.showCancel ?? true,
      })
      return { confirm, cancel: !confirm }
    }),
    showActionSheet: api('showActionSheet', async ({ itemList = [] }: { itemList?: string[] }) => {
      if (itemList.length < 1 || itemList.length > 6)
        throw new ApiRefusal('parameter error: itemList takes 1 to 6 items')
      const tapIndex = await dialogs.showActionSheet(itemList)
      if (tapIndex === null) throw new ApiRefusal('cancel')
      return { tapIndex }
    }),
    setNavigationBarTitle: api('setNavigationBarTitle', async ({ title }: { title: string }) => {
      const top = stack.pages.at(-1)
      if (top !== undefined) top.title = title
      redraw()
    }),
    startPullDownRefresh: api('startPullDownRefresh', async () => {
      stack.pages.at(-1)?.element.dispatchEvent(new Event('phone-refresh'))
    }),
    stopPullDownRefresh: api('stopPullDownRefresh', async () => {
      stack.pages.at(-1)?.element.removeAttribute('data-refreshing')
    }),
    pageScrollTo: api('pageScrollTo', async ({ scrollTop = 0 }: { scrollTop?: number }) => {
      stack.pages.at(-1)?.element.querySelector('.mp-page')?.scrollTo({ top: scrollTop, behavior: 'smooth' })
    }),
  }
}
