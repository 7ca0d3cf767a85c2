import type { Client } from '../../profiles.ts'
import type { Bar, Device } from '../device.ts'
import { element, say } from '../element.ts'

/** The body and the glass of one phone. */
export interface Screen {
  /** The whole phone, bezel included. */
  body: HTMLElement
  /** Where pages, web-views and lists are put; everything under the bar. */
  content: HTMLElement
  /** Where dialogs lie: over the bar too. */
  overlay: HTMLElement
  /** @param left what the button at the left does, if there is one */
  drawBar(bar: Bar, left: 'back' | 'home' | 'close' | 'none', capsule: boolean): void
  /** A window on a computer is as wide as what it shows needs. */
  showFront(front: string): void
}

interface ScreenActions {
  back(): void
  menu(): void
  close(): void
}

const leftLabels = { back: '返回', home: '回到首页', close: '关闭', none: '' } as const

/** The name in the strip of a window that draws none of its own. */
const programOf: Record<Client, string> = {
  wechat: '微信',
  wecom: '企业微信',
  alipay: '支付宝',
  host: '别的应用',
  browser: '浏览器',
}

/** Whose phone it is, and what kind. */
export type Owner = Pick<Device, 'person' | 'profile' | 'theme' | 'font'>

/** The body and the glass, whatever the program on it draws. */
export interface Frame {
  body: HTMLElement
  glass: HTMLElement
  content: HTMLElement
  overlay: HTMLElement
}

/**
 * Draws a phone, or a window on a computer's desktop. Light or dark is set on the glass as data-theme, the size of text as
 * data-font.
 * @param strip the row at the very top of a window; a phone has its clock there
 * @param bar the program's own bar below it
 */
export function drawFrame(
  { person, profile, theme, font }: Owner,
  bar: HTMLElement,
  strip?: HTMLElement,
): Frame {
  const isWindow = profile.form === 'window'
  const content = element('.content')
  const overlay = element('.overlay')
  const glass = element(
    '.glass',
    { 'data-testid': 'phone', 'data-theme': theme, 'data-font': font },
    isWindow
      ? drawWindowStrip(strip ?? element('span.window-name', {}, programOf[profile.client]))
      : drawStatus(),
    bar,
    content,
    element('i.home-line', { hidden: profile.safeAreaBottom === 0 }),
    overlay,
  )
  glass.style.setProperty('--safe-area-bottom', `${profile.safeAreaBottom}px`)
  const { form, client, platform } = profile
  const body = element(
    'figure.stand',
    { 'aria-label': isWindow ? `${person.name}的电脑` : `${person.name}的手机` },
    element('.phone', { 'data-form': form, 'data-client': client, 'data-platform': platform }, glass),
    element('figcaption', {}, `${person.name} · ${profile.name}`),
  )
  return { body, glass, content, overlay }
}

function drawStatus(): HTMLElement {
  return element('.status', { 'aria-hidden': 'true' }, element('span', {}, '9:41'), element('i.status-signs'))
}

function drawWindowStrip(strip: HTMLElement): HTMLElement {
  const signs = ['minimise', 'maximise', 'close'].map((sign) =>
    element('i', { 'data-sign': sign, 'aria-hidden': 'true' }),
  )
  return element('.status.window-strip', {}, strip, element('span.window-signs', {}, ...signs))
}

/** Draws an empty phone of WeChat or Alipay: a title, a button at the left, a capsule at the right. */
export function drawScreen(owner: Owner, actions: ScreenActions): Screen {
  const title = element('h1.bar-title')
  const left = element('button.bar-left', { type: 'button', onclick: actions.back })
  const capsule = element(
    '.capsule',
    {},
    element('button.capsule-menu', { type: 'button', 'aria-label': '菜单', onclick: actions.menu }),
    element('button.capsule-close', { type: 'button', 'aria-label': '关闭小程序', onclick: actions.close }),
  )
  const { body, glass, content, overlay } = drawFrame(owner, element('.bar', {}, left, title, capsule))
  return {
    body,
    content,
    overlay,
    showFront: (front) => void (glass.parentElement!.dataset.front = front),
    drawBar({ title: text, background, text: colour, isHidden }, leftKind, hasCapsule) {
      title.textContent = say(text)
      left.dataset.kind = leftKind
      left.setAttribute('aria-label', say(leftLabels[leftKind]))
      left.hidden = leftKind === 'none'
      capsule.hidden = !hasCapsule
      glass.style.setProperty('--bar', background)
      glass.dataset.bar = colour
      glass.toggleAttribute('data-bar-hidden', isHidden)
    },
  }
}
