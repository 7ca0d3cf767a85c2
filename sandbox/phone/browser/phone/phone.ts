import type { Profile } from '../../profiles.ts'
import type { Program } from '../../program.ts'
import type { Device } from '../device.ts'
import { element } from '../element.ts'
import { type Person, type Surroundings, sandbox } from '../sandbox.ts'
import type { ShellAddress } from '../shell-address.ts'
import { createCashier } from './cashier.ts'
import type { ReceivedCard } from './conversations.ts'
import { createDialogs } from './dialogs.ts'
import type { PhoneHandle } from './handle.ts'
import { openMenu } from './menu.ts'
import { drawScreen } from './screen.ts'
import { createWebStorage } from './web-storage.ts'
import {
  type WeChat,
  SCENE_CARD,
  back,
  coverFront,
  historyOf,
  kill,
  launch,
  launchedAt,
  leave,
  openBrowser,
  receive,
} from './wechat.ts'

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
  /** Passes a card on; the window decides to whom, and answers with that name. */
  sendCard(card: ReceivedCard): string
}

/** Switches a phone on and opens what the window's address asks for. */
export async function switchOnPhone(parts: PhoneParts): Promise<Phone> {
  const { name, person, profile, address, surroundings } = parts
  const { theme, language, font } = address
  const register = (miniProgramAppid: string | null) =>
    sandbox.switchOn(name, { user: person.id, profile: profile.id, language, theme, font, miniProgramAppid })
  const place = await register(surroundings.miniProgramAppid)
  window.addEventListener('pagehide', () => sandbox.switchOff(place.label))
  const wechat = buildWeChat(parts, place, register)
  if (address.entry === 'official-account')
    await openBrowser(wechat, address.page || `${surroundings.h5Url ?? ''}/`)
  else await launch(wechat, launchedAt(address.page, address.scene))
  return {
    name,
    person,
    body: wechat.screen.body,
    receive: (card) => receive(wechat, card),
    handle: {
      history: () => historyOf(wechat).entries,
      sharePath: () => wechat.running?.share()?.path ?? null,
      url: () => historyOf(wechat).url,
      stack: () => wechat.running?.pages().map((page) => page.address.route) ?? [],
      openPage: (url, options) => launch(wechat, launchedAt(url, options?.scene ?? SCENE_CARD)),
      navigateTo: async (url) => wechat.running?.navigateTo(url),
      evictWebView: () => wechat.running?.evictWebView() ?? false,
      back: () => back(wechat),
      kill: () => kill(wechat),
    },
  }
}

function buildWeChat(
  parts: PhoneParts,
  place: { label: string; origin: string },
  register: WeChat['register'],
): WeChat {
  const { name, person, profile, address, surroundings, program } = parts
  const { theme, language, font } = address
  const screen = drawScreen(
    { person, profile, theme },
    {
      back: () => void back(wechat),
      menu: () => void openMenu(wechat),
      close: () => leave(wechat),
    },
  )
  const dialogs = createDialogs(screen.overlay)
  const cashier = createCashier({
    layer: screen.overlay,
    dialogs,
    cover: (isCovered) => coverFront(wechat, isCovered),
    killWeChat: () => kill(wechat),
  })
  const device: Device = {
    name,
    label: place.label,
    person,
    profile,
    language,
    theme,
    font,
    origin: place.origin,
    homeOrigin: surroundings.h5Url ?? undefined,
    miniProgramAppid: surroundings.miniProgramAppid,
    dialogs,
    webStorage: createWebStorage(localStorage, `phone/${name}/${person.id}/web`),
    pay: (appid, launched) => cashier.pay(person.id, appid, launched),
    sendCard(card) {
      const to = parts.sendCard({ ...card, from: person.name })
      dialogs.showToast({ title: `已发送给${to}`, icon: 'success', durationMs: 1500, mask: false })
    },
  }
  const pages = element('.mp')
  const desk = element('.desk')
  screen.content.append(desk, pages)
  const wechat: WeChat = {
    device,
    program,
    screen,
    pages,
    desk,
    cards: [],
    register,
    front: 'conversations',
    running: null,
    browser: null,
    turns: 0,
    closeCashier: () => cashier.forget(),
  }
  return wechat
}
