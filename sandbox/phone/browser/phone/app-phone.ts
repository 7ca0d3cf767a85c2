import type { Client } from '../../profiles.ts'
import type { Bar } from '../device.ts'
import { type AppFunctions, alipayFunctions, noFunctions, weComFunctions } from './app-functions.ts'
import { showToCameras } from './camera.ts'
import { createDialogs } from './dialogs.ts'
import { pageOnly } from './handle.ts'
import { scanCode, showScanned } from './scanner.ts'
import { drawScreen } from './screen.ts'
import { type Phone, type PhoneParts, firstPage, registerPhone } from './switch-on.ts'
import { createWebView } from './web-view.ts'

/** The apps that show a shop's page under a bar of their own. */
export type App = Exclude<Client, 'wechat' | 'browser'>

const functions: Record<App, AppFunctions> = {
  alipay: alipayFunctions,
  wecom: weComFunctions,
  host: noFunctions,
}

/** Switches on a phone with an app in front that shows a web page: Alipay, WeCom, or another one's mini-program. */
export async function switchOnApp(parts: PhoneParts, app: App): Promise<Phone> {
  const { name, person, profile, address, surroundings } = parts
  const place = await registerPhone(parts, null)
  const screen = drawScreen(
    { person, profile, theme: address.theme, font: address.font },
    {
      back: () => goBack(),
      menu: () => void openMenu(),
      close: () => view.open(firstPage(parts)),
    },
  )
  const dialogs = createDialogs(screen.overlay)
  const setTitle = (title: string): void => {
    ownTitle = title
    redraw()
  }
  const view = createWebView(
    { ...place, homeOrigin: surroundings.h5Url ?? undefined },
    {
      invoke: async (called, args) => functions[app](called, args, { setTitle, goBack }),
      change: () => redraw(),
      scheme: (url) => void refuseProgram(url),
    },
  )
  let ownTitle = ''
  const redraw = (): void => screen.drawBar(barOf(ownTitle || view.title(), address.theme), 'back', true)
  const goBack = (): void => (view.canGoBack() ? view.back() : view.open(firstPage(parts)))
  const openMenu = async (): Promise<void> => {
    const chosen = await dialogs.showActionSheet(['刷新', '扫一扫'])
    if (chosen === 0) view.reload()
    else if (chosen === 1) await scan()
  }
  const scan = async (): Promise<void> => {
    const text = await scanCode(screen.overlay, dialogs)
    if (text === null) return
    if (/^https?:\/\//i.test(text)) view.open(text)
    else await showScanned(dialogs, text)
  }
  /** Apps keep their customers: no page of theirs wakes another program. */
  const refuseProgram = (url: string): Promise<boolean> =>
    dialogs.showModal({
      title: '',
      content: `这里没有能打开 ${new URL(url).protocol} 链接的应用`,
      confirmText: '知道了',
      cancelText: '',
      showCancel: false,
    })
  screen.content.append(view.element)
  showToCameras(view.pictures)
  redraw()
  view.open(firstPage(parts))
  const handle = pageOnly({ history: view.entries, url: view.url, back: async () => goBack() })
  return { name, person, body: screen.body, handle, receive: () => undefined }
}

function barOf(title: string, theme: 'light' | 'dark'): Bar {
  return {
    title,
    background: 'var(--wechat-bar)',
    text: theme === 'dark' ? 'white' : 'black',
    isHidden: false,
  }
}
