import { isLoopback, toPhonePath, toUpstream } from '../../address.ts'
import type { FrameMemory } from '../bridge/frame-memory.ts'
import type { BridgeAnswer, FromPage, ToPage } from '../bridge/protocol.ts'
import type { Device } from '../device.ts'
import { element } from '../element.ts'

/** What a web-view tells whoever holds it. */
export interface WebViewEvents {
  /**
   * A native function the page asked for; a name nobody knows is answered for it.
   * @param landing the address this document was opened at, in the real world
   */
  invoke(name: string, args: Record<string, unknown>, landing: string): Promise<BridgeAnswer>
  /** Another document has begun. */
  document?(): void
  /** The page called WeixinJSBridge.on. */
  listen?(name: string): void
  /** The page goes to an address of another program, e.g. weixin://…; without this nothing happens. */
  scheme?(url: string): void
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
  /** Calls what the page has listened with. */
  fire(name: string, argument: Record<string, string>): void
  /** The pictures in sight, as data: addresses; never answered by a page without a bridge. */
  pictures(): Promise<string[]>
  close(): void
}

/** What a web-view needs of its phone. */
export type WebSurroundings = Pick<Device, 'webStorage' | 'origin' | 'homeOrigin'>

/** What is known of the page in a frame, and how to speak to it. */
interface Framed {
  device: WebSurroundings
  events: WebViewEvents
  send(message: ToPage): void
  history: { entries: string[]; index: number }
  title: string
  opened: string
  isCovered: boolean
  /** Told when the page has answered a look. */
  looking: Set<(pictures: string[]) => void>
}

/** Opens an empty web-view. The caller puts `element` somewhere and calls `close` when it is gone. */
export function createWebView(device: WebSurroundings, events: WebViewEvents): WebView {
  const memory: FrameMemory = { session: {}, local: device.webStorage.read(), history: null }
  const frame = element('iframe.web-view', {
    title: 'web-view',
    // The bridge reads it before the page's first script, see bridge/frame-memory.ts.
    name: JSON.stringify(memory),
    allow: 'clipboard-write',
  })
  const send = (message: ToPage): void => frame.contentWindow?.postMessage(message, device.origin)
  const framed: Framed = {
    device,
    events,
    send,
    history: { entries: [], index: 0 },
    title: '',
    opened: '',
    isCovered: false,
    looking: new Set(),
  }
  const hear = (event: MessageEvent<FromPage | null>): void => {
    if (event.source === null || event.source !== frame.contentWindow || event.origin !== device.origin)
      return
    if (event.data !== null) hearPage(framed, event.data)
  }
  const place = (): string => realAddress(device, framed.history.entries[framed.history.index])
  window.addEventListener('message', hear)
  device.webStorage.join(send)
  frame.addEventListener('load', () => {
    if (frame.getAttribute('src') !== null) events.load?.(place())
  })

  return {
    element: frame,
    title: () => framed.title,
    entries: () => framed.history.entries.map((entry) => realAddress(device, entry)),
    url: place,
    open(url) {
      framed.opened = url
      const target = phoneAddress(device, url)
      if (target === null) refuse(framed, url)
      // A new src would add to the window's own history, which all phones share.
      else if (frame.hasAttribute('src')) frame.contentWindow?.location.replace(target)
      else frame.src = target
    },
    reload: () => send({ phone: 'reload' }),
    canGoBack: () => framed.history.index > 0,
    back: () => send({ phone: 'back' }),
    cover(covered) {
      framed.isCovered = covered
      send({ phone: 'cover', covered })
    },
    fire: (name, argument) => send({ phone: 'event', name, argument }),
    pictures() {
      send({ phone: 'look' })
      return new Promise((resolve) => framed.looking.add(resolve))
    },
    close() {
      window.removeEventListener('message', hear)
      device.webStorage.leave(send)
      frame.remove()
    },
  }
}

/** One message from the page in the frame. */
function hearPage(framed: Framed, message: FromPage): void {
  const { device, events, send } = framed
  if (message.phone === 'invoke') {
    const { id } = message
    void events
      .invoke(message.name, message.args, realAddress(device, message.landing))
      .then((answer) => send({ phone: 'answer', id, answer }))
  } else if (message.phone === 'document') events.document?.()
  else if (message.phone === 'listen') events.listen?.(message.name)
  else if (message.phone === 'scheme') events.scheme?.(message.url)
  else if (message.phone === 'history') {
    framed.history = { entries: message.entries, index: message.index }
    // A document that arrives under a native page has not felt it slide over.
    if (framed.isCovered) send({ phone: 'cover', covered: true })
    events.change()
  } else if (message.phone === 'title') {
    framed.title = message.title
    events.change()
  } else if (message.phone === 'pictures') {
    for (const tell of framed.looking) tell(message.pictures)
    framed.looking.clear()
  } else if (message.phone === 'failed') events.fail?.(framed.opened)
  else if (message.phone === 'local') device.webStorage.write(message, send)
}

function refuse({ events }: Framed, url: string): void {
  console.error(`[phone] ${url}: this phone opens pages of this machine only.`)
  events.fail?.(url)
}

/** @returns where the phone sees an address of the real world, or null when it may not */
export function phoneAddress(device: WebSurroundings, url: string): string | null {
  const address = URL.parse(url)
  if (address === null || !/^https?:$/.test(address.protocol) || !isLoopback(address.hostname)) return null
  return device.origin + toPhonePath(address, device.homeOrigin)
}

/** A page's address in the real world, and as the page itself reads it on this phone. At WeChat they are one. */
export interface PageAddresses {
  real: string
  here: string
}

/** @param real an address in the real world */
export function addressesOf(device: WebSurroundings, real: string): PageAddresses {
  return { real, here: phoneAddress(device, real) ?? real }
}

/** @returns what an address under the phone's own origin is in the real world; any other as it is */
export function realAddress(device: WebSurroundings, address: string | undefined): string {
  if (address === undefined) return ''
  if (!address.startsWith(`${device.origin}/`)) return address
  return toUpstream(address.slice(device.origin.length), device.homeOrigin)?.href ?? address
}
