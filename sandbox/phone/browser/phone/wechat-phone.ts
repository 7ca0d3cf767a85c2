import type { Device } from '../device.ts'
import { element } from '../element.ts'
import { createCashier } from './cashier.ts'
import { createDialogs } from './dialogs.ts'
import { openMenu } from './menu.ts'
import { drawScreen } from './screen.ts'
import { type Phone, type PhoneParts, type Place, firstPage, registerPhone } from './switch-on.ts'
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

/** Switches on a phone with WeChat in front, or WeChat's windows on a computer. */
export async function switchOnWeChat(parts: PhoneParts): Promise<Phone> {
  const { name, person, address, surroundings } = parts
  const wechat = buildWeChat(parts, await registerPhone(parts, surroundings.miniProgramAppid))
  if (address.entry === 'official-account') await openBrowser(wechat, firstPage(parts))
  else if (address.entry === 'conversations') leave(wechat)
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

function buildWeChat(parts: PhoneParts, { label, origin, webStorage, register }: Place): WeChat {
  const { name, person, profile, address, surroundings, program } = parts
  const { theme, language, font } = address
  const screen = drawScreen(
    { person, profile, theme, font },
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
    label,
    person,
    profile,
    language,
    theme,
    font,
    origin,
    homeOrigin: surroundings.h5Url ?? undefined,
    miniProgramAppid: surroundings.miniProgramAppid,
    dialogs,
    webStorage,
    async pay(appid, launched, page) {
      if (page === undefined && profile.payNeedsTap && !isTapping())
        return { is: 'fail', detail: 'can only be invoked by user TAP gesture.' }
      return cashier.pay(person.id, appid, launched, page)
    },
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
    cashier,
  }
  return wechat
}

/** Whether a finger's event is being dispatched right now: pages are served by the same task. */
function isTapping(): boolean {
  // The one place that tells: https://dom.spec.whatwg.org/#dom-window-event
  const { event } = window as { event?: Event }
  return event !== undefined && event.isTrusted && /^(?:click|mouse|touch|pointer|key)/.test(event.type)
}
