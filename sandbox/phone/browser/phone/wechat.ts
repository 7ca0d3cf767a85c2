import type { Program } from '../../program.ts'
import type { Bar, Device } from '../device.ts'
import { readPageAddress } from '../runtime/page-address.ts'
import { type MiniProgram, launchMiniProgram } from '../runtime/mini-program.ts'
import type { LaunchOptions } from '../runtime/launch-options.ts'
import type { Cashier } from './cashier.ts'
import { type ReceivedCard, drawConversations } from './conversations.ts'
import { type OfficialAccountBrowser, openOfficialAccount } from './official-account.ts'
import { scanCode, showScanned } from './scanner.ts'
import type { Screen } from './screen.ts'

/** 1007: a card in a conversation with one person. */
export const SCENE_CARD = 1007
/** 1001: the list of recent mini-programs. */
const SCENE_RECENT = 1001

/** What one phone's WeChat is showing, and what lives behind it. */
export interface WeChat {
  readonly device: Device
  readonly program: Program
  readonly screen: Screen
  /** Holds the mini-program's pages. */
  readonly pages: HTMLElement
  /** Holds the conversations or the official account's page. */
  readonly desk: HTMLElement
  readonly cards: ReceivedCard[]
  /** Tells the proxy whose web pages come next: a mini-program's, or (null) the official account's. */
  readonly register: (miniProgramAppid: string | null) => Promise<unknown>
  readonly cashier: Cashier
  front: 'mini-program' | 'official-account' | 'conversations'
  running: MiniProgram | null
  browser: OfficialAccountBrowser | null
  /** Counts the changes of front, so that one that waited knows it has been overtaken. */
  turns: number
}

/** Starts the mini-program cold; a running one dies first. */
export async function launch(wechat: WeChat, launched: LaunchOptions): Promise<void> {
  if (!(await takeTurn(wechat, wechat.device.miniProgramAppid))) return
  closeBrowser(wechat)
  wechat.running?.destroy()
  wechat.front = 'mini-program'
  wechat.pages.hidden = false
  wechat.running = launchMiniProgram(wechat.program, wechat.device, wechat.pages, launched, () =>
    redraw(wechat),
  )
  redraw(wechat)
}

/** From the list of recent mini-programs: the running one comes back as it was left. */
export async function openRecent(wechat: WeChat): Promise<void> {
  if (wechat.running === null) return launch(wechat, launchedAt('', SCENE_RECENT))
  if (!(await takeTurn(wechat, wechat.device.miniProgramAppid))) return
  wechat.front = 'mini-program'
  wechat.running.show(launchedAt('', SCENE_RECENT))
  redraw(wechat)
}

/** The menu of the official account opens a page in WeChat's own browser. */
export async function openBrowser(wechat: WeChat, url: string): Promise<void> {
  if (wechat.front === 'mini-program') wechat.running?.hide()
  closeBrowser(wechat)
  if (!(await takeTurn(wechat, null))) return
  wechat.front = 'official-account'
  wechat.browser = openOfficialAccount(
    wechat.device,
    url,
    () => redraw(wechat),
    () => leave(wechat),
  )
  wechat.desk.replaceChildren(wechat.browser.element)
  redraw(wechat)
}

/** To the conversations; the mini-program stays alive behind them, a web page does not. */
export function leave(wechat: WeChat): void {
  wechat.turns += 1
  if (wechat.front === 'mini-program') wechat.running?.hide()
  closeBrowser(wechat)
  showConversations(wechat)
}

/** WeChat is swiped away, with all that it was showing. */
export function kill(wechat: WeChat): void {
  wechat.turns += 1
  wechat.running?.destroy()
  wechat.running = null
  closeBrowser(wechat)
  // Whoever waits at the cashier will never hear of it.
  wechat.cashier.forget()
  wechat.screen.overlay.replaceChildren()
  showConversations(wechat)
}

/** The cashier slides over what is in front, or away again. */
export function coverFront({ device, front, running, browser }: WeChat, isCovered: boolean): void {
  if (!device.profile.cashierHides) return
  if (front === 'official-account') browser?.cover(isCovered)
  else if (front === 'mini-program' && isCovered) running?.hide()
  else if (front === 'mini-program') running?.show()
}

/** The phone's back button. */
export async function back(wechat: WeChat): Promise<void> {
  const { front, browser, running } = wechat
  if (front === 'official-account') return browser?.back() ? undefined : leave(wechat)
  if (front === 'conversations' || running === null || running.back()) return
  if (isAtHome(wechat)) leave(wechat)
  else await launch(wechat, launchedAt('', SCENE_RECENT))
}

/** Addresses of whatever is in front, lowest first, and the one in sight. */
export function historyOf({ front, browser, running }: WeChat): { entries: string[]; url: string } {
  const shown = front === 'official-account' ? browser : front === 'mini-program' ? running : null
  return { entries: shown?.history() ?? [], url: shown?.url() ?? '' }
}

/** 扫一扫: the camera looks at the other screens, and what it reads is opened. */
async function scan(wechat: WeChat): Promise<void> {
  const { device, cashier, screen } = wechat
  const text = await scanCode(screen.overlay, device.dialogs)
  if (text === null) return
  if (text.startsWith('weixin://')) await cashier.payLink(device.person.id, text)
  else if (/^https?:\/\//i.test(text)) await openBrowser(wechat, text)
  else await showScanned(device.dialogs, text)
}

/** A card arrives. */
export function receive(wechat: WeChat, card: ReceivedCard): void {
  wechat.cards.unshift(card)
  if (wechat.front === 'conversations') showConversations(wechat)
}

/** @param url page of the mini-program with its query; empty: its first page */
export function launchedAt(url: string, scene: number): LaunchOptions {
  if (url === '') return { path: '', query: {}, scene }
  const { route, query } = readPageAddress(url.startsWith('/') ? url : `/${url}`, '')
  return { path: route, query, scene }
}

async function takeTurn(wechat: WeChat, miniProgramAppid: string | null): Promise<boolean> {
  wechat.turns += 1
  const mine = wechat.turns
  await wechat.register(miniProgramAppid)
  return mine === wechat.turns
}

function closeBrowser(wechat: WeChat): void {
  wechat.browser?.close()
  wechat.browser = null
}

function showConversations(wechat: WeChat): void {
  const { desk, program, cards, device } = wechat
  wechat.front = 'conversations'
  const list = drawConversations(
    {
      miniProgram: program.app.window?.navigationBarTitleText ?? '小程序',
      cards,
      hasCamera: device.profile.form === 'phone',
    },
    {
      scan: () => void scan(wechat),
      openMiniProgram: () => void openRecent(wechat),
      openOfficialAccount: () => void openBrowser(wechat, `${device.homeOrigin ?? ''}/`),
      openCard: (card) =>
        void (card.link === undefined
          ? launch(wechat, launchedAt(card.path, SCENE_CARD))
          : openBrowser(wechat, card.link)),
    },
  )
  desk.replaceChildren(list)
  redraw(wechat)
}

function isAtHome({ running, program }: WeChat): boolean {
  return running?.pages()[0]?.address.route === program.app.pages[0]
}

function redraw(wechat: WeChat): void {
  const { front, running, browser, screen, device } = wechat
  screen.showFront(front)
  wechat.pages.hidden = front !== 'mini-program'
  wechat.desk.hidden = front === 'mini-program'
  if (front === 'mini-program' && running !== null) {
    const left = running.canGoBack() ? 'back' : isAtHome(wechat) ? 'none' : 'home'
    screen.drawBar(running.bar(), left, true)
  } else if (front === 'official-account' && browser !== null) {
    screen.drawBar(plainBar(device, browser.title()), 'back', true)
  } else screen.drawBar(plainBar(device, '微信'), 'none', false)
}

function plainBar({ theme }: Device, title: string): Bar {
  return {
    title,
    background: 'var(--wechat-bar)',
    text: theme === 'dark' ? 'white' : 'black',
    isHidden: false,
  }
}
