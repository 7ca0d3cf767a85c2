import { isLoopback, toPhonePath, toUpstream } from '../../address.ts'
import type { FrameMemory } from '../bridge/frame-memory.ts'
import type { BridgeAnswer, FromPage, ToPage } from '../bridge/protocol.ts'
import type { Device } from '../device.ts'
import { element } from '../element.ts'

/** What a web-view tells whoever holds it. */
export interface WebViewEvents {
  /** A native function the page asked for; a name nobody knows is answered for it. */
  invoke(name: string, args: Record<string, unknown>): Promise<BridgeAnswer>
  /** A document has loaded; its address in the real world. */
  load?(url: string): void
  /** The page could not be loaded, or its address may not be shown on this phone. */
  fail?(url: string): void
  /** Title or history changed. */
  change(): void
}

/** A browser window of the phone. */
export interface WebView {
  element: HTMLIFrameElement
  title(): string
  /** Addresses in the real world, oldest first. */
  entries(): string[]
  /** Where the page stands now, in the real world; empty before the first page. */
  url(): string
  open(url: string): void
  reload(): void
  canGoBack(): boolean
  /** Goes back within the page's own history. */
  back(): void
  /** A native page lies over it, or no longer does. */
  cover(isCovered: boolean): void
  close(): void
}

/** Opens an empty web-view. The caller puts `element` somewhere and calls `close` when it is gone. */
export function createWebView(device: Device, events: WebViewEvents): WebView {
  const memory: FrameMemory = { session: {}, local: device.webStorage.read(), history: null }
  const frame = element('iframe.web-view', {
    title: 'web-view',
    // The bridge reads it before the page's first script, see bridge/frame-memory.ts.
    name: JSON.stringify(memory),
    allow: 'clipboard-write',
  })
  let history: { entries: string[]; index: number } = { entries: [], index: 0 }
  let title = ''
  let opened = ''
  let isCovered = false
  const send = (message: ToPage): void => frame.contentWindow?.postMessage(message, device.origin)
  const real = (address: string | undefined): string => realAddress(device, address)

  const hear = (event: MessageEvent<FromPage | null>): void => {
    if (event.source === null || event.source !== frame.contentWindow || event.origin !== device.origin)
      return
    const message = event.data
    if (message?.phone === 'invoke') {
      const { id } = message
      void events.invoke(message.name, message.args).then((answer) => send({ phone: 'answer', id, answer }))
    } else if (message?.phone === 'history') {
      history = { entries: message.entries, index: message.index }
      // A document that arrives under a native page has not felt it slide over.
      if (isCovered) send({ phone: 'cover', covered: true })
      events.change()
    } else if (message?.phone === 'title') {
      title = message.title
      events.change()
    } else if (message?.phone === 'failed') events.fail?.(opened)
    else if (message?.phone === 'local') device.webStorage.write(message, send)
  }
  const refuse = (url: string): void => {
    console.error(`[phone] ${url}: this phone opens pages of this machine only.`)
    events.fail?.(url)
  }
  window.addEventListener('message', hear)
  device.webStorage.join(send)
  frame.addEventListener('load', () => {
    if (frame.getAttribute('src') !== null) events.load?.(real(history.entries[history.index]))
  })

  return {
    element: frame,
    title: () => title,
    entries: () => history.entries.map(real),
    url: () => real(history.entries[history.index]),
    open(url) {
      opened = url
      const target = phoneAddress(device, url)
      if (target === null) refuse(url)
      // A new src would add to the window's own history, which all phones share.
      else if (frame.hasAttribute('src')) frame.contentWindow?.location.replace(target)
      else frame.src = target
    },
    reload: () => send({ phone: 'reload' }),
    canGoBack: () => history.index > 0,
    back: () => send({ phone: 'back' }),
    cover(covered) {
      isCovered = covered
      send({ phone: 'cover', covered })
    },
    close() {
      window.removeEventListener('message', hear)
      device.webStorage.leave(send)
      frame.remove()
    },
  }
}

/** @returns where the phone sees an address of the real world, or null when it may not */
export function phoneAddress(device: Device, url: string): string | null {
  const address = URL.parse(url)
  if (address === null || !/^https?:$/.test(address.protocol) || !isLoopback(address.hostname)) return null
  return device.origin + toPhonePath(address, device.homeOrigin)
}

function realAddress(device: Device, address: string | undefined): string {
  if (address === undefined) return ''
  if (!address.startsWith(`${device.origin}/`)) return address
  return toUpstream(address.slice(device.origin.length), device.homeOrigin)?.href ?? address
}
