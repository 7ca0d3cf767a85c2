/** The first script of every page a phone shows: it makes the visitor's browser behave as the one on the phone. */
import { installAlipayJSBridge } from './alipay-js-bridge.ts'
import { openChannel } from './channel.ts'
import { createStorage, openFrameMemory } from './frame-memory.ts'
import { createNativeCalls } from './native-call.ts'
import type { PageDescription } from './protocol.ts'
import { enlarge, obeyTheme } from './appearance.ts'
import { picturesInSight } from './pictures.ts'
import { keepShanghaiTime } from '../shanghai-time.ts'
import { installVisibility } from './visibility.ts'
import { installWebHistory } from './web-history.ts'
import { installWeixinJSBridge } from './weixin-js-bridge.ts'

declare global {
  interface Window {
    __phone?: PageDescription
  }
}

const description = window.__phone
delete window.__phone
// A page opened in a tab of its own has no phone around it and stays as it is.
if (description !== undefined && window.parent !== window) install(description)

function install(page: PageDescription): void {
  const own = (target: object, name: string, value: unknown): void =>
    void Object.defineProperty(target, name, { get: () => value, configurable: true })
  keepShanghaiTime()
  own(navigator, 'userAgent', page.userAgent)
  own(navigator, 'userAgentData', undefined)
  own(navigator, 'language', page.language)
  own(navigator, 'languages', [page.language])

  const channel = openChannel(page.shellOrigin)
  channel.send({ phone: 'document' })
  const { memory, keep } = openFrameMemory()
  own(window, 'sessionStorage', createStorage(memory.session, keep))
  const tellPhone = (key: string, value: string | null): void => {
    keep()
    channel.send({ phone: 'local', key, value })
  }
  own(window, 'localStorage', createStorage(memory.local, tellPhone))
  const history = installWebHistory(memory.history, page.homeOrigin, {
    changed(saved) {
      memory.history = saved
      keep()
      channel.send({ phone: 'history', entries: saved.entries.map(({ url }) => url), index: saved.index })
    },
    leavesWeb: (url) => channel.send({ phone: 'scheme', url }),
  })
  const cover = installVisibility(page.coverEvents)
  const native = createNativeCalls(channel)
  let fire: ReturnType<typeof installWeixinJSBridge> = () => {}
  if (page.environment === 'alipay') installAlipayJSBridge(page, native)
  else if (!['host', 'browser'].includes(page.environment))
    fire = installWeixinJSBridge(page, native, channel)
  channel.listen((message) => {
    if (message.phone === 'answer') native.answer(message.id, message.answer)
    else if (message.phone === 'cover') cover(message.covered)
    else if (message.phone === 'event') fire(message.name, message.argument)
    else if (message.phone === 'local') {
      if (message.value === null) delete memory.local[message.key]
      else memory.local[message.key] = message.value
      keep()
    } else if (message.phone === 'look') channel.send({ phone: 'pictures', pictures: picturesInSight() })
    else if (message.phone === 'reload') location.reload()
    else history.back()
  })
  reportTitle((title) => channel.send({ phone: 'title', title }))
  obeyTheme(page.theme)
  if (page.textScale !== 1) enlarge(page.textScale)
}

function reportTitle(report: (title: string) => void): void {
  let last = ''
  const look = (): void => {
    if (document.title !== last) report((last = document.title))
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true })
  document.addEventListener('DOMContentLoaded', look)
}
