import type { Profile } from '../../profiles.ts'
import type { Program } from '../../program.ts'
import type { Bar, Device } from '../device.ts'
import { element } from '../element.ts'
import { readPageAddress } from '../runtime/page-address.ts'
import { type MiniProgram, launchMiniProgram } from '../runtime/mini-program.ts'
import type { LaunchOptions } from '../runtime/wx/system.ts'
import { type Person, type Surroundings, sandbox } from '../sandbox.ts'
import type { ShellAddress } from '../shell-address.ts'
import { createCashier } from './cashier.ts'
import { type ReceivedCard, drawConversations } from './conversations.ts'
import { createDialogs } from './dialogs.ts'
import type { PhoneHandle } from './handle.ts'
import { type OfficialAccountBrowser, openOfficialAccount } from './official-account.ts'
import { drawScreen } from './screen.ts'
import { createWebStorage } from './web-storage.ts'

/** A phone in the window. */
export interface Phone {
  name: string
  person: Person
  body: HTMLElement
  handle: PhoneHandle
  /** Somebody sends this phone a card. */
  receive(card: ReceivedCard): void
}

interface PhoneParts {
  name: string
  person: Person
  profile: Profile
  address: ShellAddress
  surroundings: Surroundings
  program: Program
  /** Passes a card on; the window decides to whom. */
  sendCard(from: Phone, card: ReceivedCard): string
}

/** 1007: a card in a conversation with one person. */
const SCENE_CARD = 1007
/** 1001: the list of recent mini-programs. */
const SCENE_RECENT = 1001

/** Switches a phone on and opens what the window's address asks for. */
export async function switchOnPhone(parts: PhoneParts): Promise<Phone> {
  const { name, person, profile, address, surroundings, program } = parts
  const { theme, language, font } = address
  const h5Url = surroundings.h5Url ?? undefined
  const settings = { user: person.id, profile: profile.id, language, theme, font }
  const register = (miniProgramAppid: string | null): Promise<string> =>
    sandbox.switchOn(name, { ...settings, miniProgramAppid })
  const origin = await register(surroundings.miniProgramAppid)

  const cards: ReceivedCard[] = []
  let running: MiniProgram | null = null
  let browser: OfficialAccountBrowser | null = null
  let front: 'mini-program' | 'official-account' | 'conversations' = 'conversations'

  const screen = drawScreen(person.name, theme, {
    back: () => void back(),
    menu: () => void openMenu(),
    close: () => leave(),
  })
  const dialogs = createDialogs(screen.overlay)
  const pay = createCashier({ layer: screen.overlay, dialogs, killWeChat: () => kill() })
  const pages = element('.mp')
  const desk = element('.desk')
  screen.content.append(desk, pages)

  const device: Device = {
    name,
    person,
    profile,
    language,
    theme,
    font,
    origin,
    homeOrigin: h5Url,
    miniProgramAppid: surroundings.miniProgramAppid,
    officialAccountAppid: surroundings.officialAccountAppid,
    dialogs,
    webStorage: createWebStorage(localStorage, `phone/${name}/${person.id}/web`),
    pay: (appid, launch) => pay(person.id, appid, launch),
    sendCard(card) {
      const to = parts.sendCard(phone, { ...card, from: person.name })
      dialogs.showToast({ title: `已发送给${to}`, icon: 'success', durationMs: 1500, mask: false })
    },
  }

  const wechatBar = (title: string): Bar => ({
    title,
    background: 'var(--wechat-bar)',
    text: theme === 'dark' ? 'white' : 'black',
    isHidden: false,
  })
  const redraw = (): void => {
    pages.hidden = front !== 'mini-program'
    desk.hidden = front === 'mini-program'
    if (front === 'mini-program' && running !== null) {
      const [first] = running.pages()
      const isHome = first?.address.route === program.app.pages[0]
      const left = running.pages().length > 1 ? 'back' : isHome ? 'none' : 'home'
      screen.drawBar(running.bar(), left, true)
    } else if (front === 'official-account' && browser !== null) screen.drawBar(browser.bar(), 'back', true)
    else screen.drawBar(wechatBar('微信'), 'none', false)
  }
  const showConversations = (): void => {
    front = 'conversations'
    desk.replaceChildren(
      drawConversations(
        { miniProgram: program.app.window?.navigationBarTitleText ?? '小程序', cards },
        {
          openMiniProgram: () =>
            void (running === null ? launch({ path: '', query: {}, scene: SCENE_RECENT }) : resume()),
          openOfficialAccount: () => void openBrowser(`${h5Url ?? ''}/`),
          openCard: (card) => void launch(launchOf(card.path, SCENE_CARD)),
        },
      ),
    )
    redraw()
  }
  const launch = async (launched: LaunchOptions): Promise<void> => {
    closeBrowser()
    running?.destroy()
    await register(surroundings.miniProgramAppid)
    front = 'mini-program'
    pages.hidden = false
    running = launchMiniProgram(program, device, pages, launched, redraw)
    redraw()
  }
  const resume = async (): Promise<void> => {
    closeBrowser()
    await register(surroundings.miniProgramAppid)
    front = 'mini-program'
    running?.show()
    redraw()
  }
  const openBrowser = async (url: string): Promise<void> => {
    if (front === 'mini-program') running?.hide()
    closeBrowser()
    await register(null)
    front = 'official-account'
    browser = openOfficialAccount(device, url, redraw, () => leave())
    desk.replaceChildren(browser.element)
    redraw()
  }
  const closeBrowser = (): void => {
    browser?.close()
    browser = null
  }
  /** To the conversations; the mini-program stays alive behind them, a web page does not. */
  const leave = (): void => {
    if (front === 'mini-program') running?.hide()
    closeBrowser()
    showConversations()
  }
  const kill = (): void => {
    running?.destroy()
    running = null
    closeBrowser()
    dialogs.hideToast()
    showConversations()
  }
  const back = async (): Promise<void> => {
    if (front === 'official-account') return browser?.back() ? undefined : leave()
    if (front !== 'mini-program' || running === null || running.back()) return
    if (running.pages()[0]?.address.route === program.app.pages[0]) leave()
    else await launch({ path: '', query: {}, scene: SCENE_RECENT })
  }
  const openMenu = async (): Promise<void> => {
    const entries = menuEntries()
    const chosen = await dialogs.showActionSheet(entries.map(([label]) => label))
    if (chosen !== null) await entries[chosen]?.[1]()
  }
  const menuEntries = (): [string, () => unknown][] => {
    const mini = running
    if (front !== 'mini-program' || mini === null)
      return [
        ['刷新', () => browser?.reload()],
        ['关闭网页', leave],
      ]
    return [
      ['转发给朋友', share],
      ['重新进入小程序', () => launch({ path: '', query: {}, scene: SCENE_RECENT })],
      ['刷新网页', () => mini.reloadWebView()],
      ['系统回收网页（内存不足）', () => mini.evictWebView()],
      ['结束小程序进程', kill],
    ]
  }
  const share = (): void => {
    const card = running?.share()
    if (card) device.sendCard(card)
    else dialogs.showToast({ title: '当前页面不可转发', icon: 'none', durationMs: 1500, mask: false })
  }

  const phone: Phone = {
    name,
    person,
    body: screen.body,
    receive(card) {
      cards.unshift(card)
      if (front === 'conversations') showConversations()
    },
    handle: {
      history: () => (front === 'official-account' ? (browser?.history() ?? []) : (running?.history() ?? [])),
      sharePath: () => running?.share()?.path ?? null,
      stack: () => running?.pages().map((page) => page.address.route) ?? [],
      openPage: (url, options) => launch(launchOf(url, options?.scene ?? SCENE_CARD)),
      navigateTo: async (url) => running?.navigateTo(url),
      evictWebView: () => running?.evictWebView() ?? false,
      back,
      kill,
    },
  }
  if (address.entry === 'official-account') await openBrowser(address.page || `${h5Url ?? ''}/`)
  else await launch(launchOf(address.page, address.scene))
  return phone
}

function launchOf(url: string, scene: number): LaunchOptions {
  if (url === '') return { path: '', query: {}, scene }
  const { route, query } = readPageAddress(url.startsWith('/') ? url : `/${url}`, '')
  return { path: route, query, scene }
}
