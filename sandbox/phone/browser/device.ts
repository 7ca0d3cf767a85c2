import type { Language, Profile } from '../profiles.ts'
import type { LocalStorageChange } from './bridge/protocol.ts'
import type { PaymentLaunch, Person } from './sandbox.ts'

/** Seconds and words of wx.showToast. */
export interface Toast {
  title: string
  icon: 'success' | 'error' | 'loading' | 'none'
  durationMs: number
  /** Nothing else can be touched meanwhile. */
  mask: boolean
}

export interface Modal {
  title: string
  content: string
  confirmText: string
  cancelText: string
  showCancel: boolean
  /** In small type, for developers; WeChat has no such line. */
  note?: string
}

/** What a page's frame looks like: the bar above it. */
export interface Bar {
  title: string
  background: string
  text: 'black' | 'white'
  /** A page that draws its own bar; the capsule stays. */
  isHidden: boolean
}

/** What lies over a phone's pages. One of each kind at a time. */
export interface Dialogs {
  showToast(toast: Toast): void
  hideToast(): void
  /** Resolves to whether the person confirmed. */
  showModal(modal: Modal): Promise<boolean>
  /** Resolves to the chosen index, or null when it was closed. */
  showActionSheet(items: string[]): Promise<number | null>
}

/** How a payment ended for the program that asked. */
export type PaymentEnding = { is: 'ok' } | { is: 'cancel' } | { is: 'fail'; detail: string }

/** A card in a conversation; tapping it opens the mini-program cold at `path`, or the web page at `link`. */
export interface ShareCard {
  title: string
  path: string
  /** Only of a web page's card; `path` is empty then. */
  link?: string
  imageUrl: string | null
}

/** The local storage that the web-views of one person's phone share. */
export interface WebStorage {
  read(): Record<string, string>
  /** Keeps a change and tells every web-view but the one it came from. */
  write(change: LocalStorageChange, from: (change: LocalStorageChange) => void): void
  join(hear: (change: LocalStorageChange) => void): void
  leave(hear: (change: LocalStorageChange) => void): void
}

/** One phone, as the programs on it see it. */
export interface Device {
  name: string
  /** Its name at the proxy: the same, unless another window has this phone on. */
  label: string
  person: Person
  profile: Profile
  language: Language
  theme: 'light' | 'dark'
  font: 'normal' | 'large'
  /** http://a.localhost:4010: where this phone's web-views live. */
  origin: string
  /** Origin of the H5 in the real world. */
  homeOrigin: string | undefined
  miniProgramAppid: string
  dialogs: Dialogs
  webStorage: WebStorage
  /**
   * Opens the cashier. The promise never settles when the answer is lost.
   * @param page the address of the web page that asks; none: the mini-program does
   */
  pay(appid: string, launch: PaymentLaunch, page?: string): Promise<PaymentEnding>
  /** Hands a card to the other phone, or to this one's own conversations when there is no other. */
  sendCard(card: ShareCard): void
}
