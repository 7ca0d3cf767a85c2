/** The first script of every page a phone shows: it makes the visitor's browser behave as WeChat's web-view. */
import { openChannel } from './channel.ts'
import { createStorage, openFrameMemory } from './frame-memory.ts'
import type { PageDescription } from './protocol.ts'
import { enlarge, obeyTheme } from './appearance.ts'
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
  own(navigator, 'userAgent', page.userAgent)
  own(navigator, 'userAgentData', undefined)
  own(navigator, 'language', page.language)
  own(navigator, 'languages', [page.language])

  const channel = openChannel(page.shellOrigin)
  const { memory, keep } = openFrameMemory()
  own(window, 'sessionStorage', createStorage(memory.session, keep))
  const tellPhone = (key: string, value: string | null): void => {
    keep()
    channel.send({ phone: 'local', key, value })
  }
  own(window, 'localStorage', createStorage(memory.local, tellPhone))
  const history = installWebHistory(memory.history, page.homeOrigin, (saved) => {
    memory.history = saved
    keep()
    channel.send({ phone: 'history', entries: saved.entries.map(({ url }) => url), index: saved.index })
  })
  const cover = installVisibility(page.coverEvents)
  const answer = installWeixinJSBridge(page, channel)
  channel.listen((message) => {
    if (message.phone === 'answer') answer(message.id, message.answer)
    else if (message.phone === 'cover') cover(message.covered)
    else if (message.phone === 'local') {
      if (message.value === null) delete memory.local[message.key]
      else memory.local[message.key] = message.value
      keep()
    } else if (message.phone === 'reload') location.reload()
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
