import { drawBrowserScreen } from './browser-screen.ts'
import { showToCameras } from './camera.ts'
import { createCashier } from './cashier.ts'
import { createDialogs } from './dialogs.ts'
import { type PhoneHandle, pageOnly } from './handle.ts'
import { type Phone, type PhoneParts, firstPage, registerPhone } from './switch-on.ts'
import type { Dialogs } from '../device.ts'
import { sandbox } from '../sandbox.ts'
import { createWebView } from './web-view.ts'

/** Switches on a browser: on a phone, where WeChat is installed beside it, or on a computer. */
export async function switchOnBrowser(parts: PhoneParts): Promise<Phone> {
  const { name, person, profile, address, surroundings } = parts
  const place = await registerPhone(parts, null)
  const homeOrigin = surroundings.h5Url ?? undefined
  const screen = drawBrowserScreen(
    { person, profile, theme: address.theme, font: address.font },
    { back: () => view.back(), reload: () => view.reload(), open: (url) => view.open(url) },
  )
  const dialogs = createDialogs(screen.overlay)
  // WeChat comes to the front over the browser, and the browser's page is hidden meanwhile.
  const cover = (isCovered: boolean): void => (profile.cashierHides ? view.cover(isCovered) : undefined)
  const cashier = createCashier({
    layer: screen.overlay,
    dialogs,
    cover,
    killWeChat: () => cover(false),
  })
  const view = createWebView(
    { ...place, homeOrigin },
    {
      invoke: async () => ({}),
      change: () => screen.show({ title: view.title(), url: view.url(), canGoBack: view.canGoBack() }),
      scheme: (url) => void openProgram(url),
    },
  )
  const openProgram = async (url: string): Promise<void> => {
    if (profile.wechatVersion !== '' && url.startsWith('weixin://wap/pay?'))
      return void (await cashier.payLink(person.id, url))
    if (profile.wechatVersion !== '' && url.startsWith('weixin://dl/business/'))
      return openLink(dialogs, person.id, profile.id, url)
    const { protocol } = new URL(url)
    await dialogs.showModal({
      title: '',
      content: `这里没有能打开 ${protocol} 链接的应用`,
      confirmText: '好',
      cancelText: '',
      showCancel: false,
    })
  }
  screen.content.append(view.element)
  showToCameras(view.pictures)
  view.open(firstPage(parts))
  const handle: PhoneHandle = pageOnly({
    history: view.entries,
    url: view.url,
    back: async () => view.back(),
  })
  return { name, person, body: screen.body, handle, receive: () => undefined }
}

/** A link into a mini-program: the window becomes the person's WeChat, at the page that the link opens. */
async function openLink(dialogs: Dialogs, user: string, profile: string, url: string): Promise<void> {
  const opened = await sandbox.openLink(url)
  if ('message' in opened) {
    const plain = { title: '', confirmText: '知道了', cancelText: '', showCancel: false }
    return void (await dialogs.showModal({ ...plain, content: opened.message }))
  }
  const page = opened.path && `/${opened.path}${opened.query && `?${opened.query}`}`
  const device = profile === 'safari' ? 'ios' : 'android'
  const address = { user, profile: device, page, scene: String(opened.scene) }
  location.assign(`/phone/?${new URLSearchParams(address).toString()}`)
}
