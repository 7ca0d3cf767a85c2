import type { Bar } from '../device.ts'
import type { BridgeAnswer } from '../bridge/protocol.ts'
import { showToCameras } from './camera.ts'
import { createDialogs } from './dialogs.ts'
import { pageOnly } from './handle.ts'
import { scanCode, showScanned } from './scanner.ts'
import { drawScreen } from './screen.ts'
import { type Phone, type PhoneParts, firstPage, registerPhone } from './switch-on.ts'
import { createWebView } from './web-view.ts'

/** Switches on a phone with Alipay in front, showing a web page under Alipay's own bar. */
export async function switchOnAlipay(parts: PhoneParts): Promise<Phone> {
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
  const view = createWebView(
    { ...place, homeOrigin: surroundings.h5Url ?? undefined },
    {
      invoke: async (called, args) => answer(called, args),
      change: () => redraw(),
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
  /** The few functions a shop's page calls: https://opendocs.alipay.com/common/105591 */
  const answer = (called: string, args: Record<string, unknown>): BridgeAnswer => {
    if (called === 'setTitle') {
      ownTitle = String(args.title ?? '')
      redraw()
    } else if (called === 'popWindow' || called === 'closeWebview') goBack()
    else if (called === 'getNetworkType') return { networkType: 'WIFI', networkAvailable: true }
    else if (!SILENT.includes(called)) {
      console.error(`[phone] AlipayJSBridge.call('${called}') is not part of this phone.`)
      return { error: 1, errorMessage: '接口不存在' }
    }
    return {}
  }
  screen.content.append(view.element)
  showToCameras(view.pictures)
  redraw()
  view.open(firstPage(parts))
  const handle = pageOnly({ history: view.entries, url: view.url, back: async () => goBack() })
  return { name, person, body: screen.body, handle, receive: () => undefined }
}

/** Functions of AlipayJSBridge that change nothing a page could see here. */
const SILENT: readonly string[] = [
  'hideOptionMenu',
  'showOptionMenu',
  'showTitlebar',
  'hideTitlebar',
  'setOptionMenu',
  'toast',
]

function barOf(title: string, theme: 'light' | 'dark'): Bar {
  return {
    title,
    background: 'var(--wechat-bar)',
    text: theme === 'dark' ? 'white' : 'black',
    isHidden: false,
  }
}
