import type { Bar, Device } from '../device.ts'
import { element } from '../element.ts'

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
}

interface ScreenActions {
  back(): void
  menu(): void
  close(): void
}

const leftLabels = { back: '返回', home: '回到首页', close: '关闭', none: '' } as const

/** Whose phone it is, and what kind. */
type Owner = Pick<Device, 'person' | 'profile' | 'theme'>

/** Draws an empty phone. Light or dark is set on it as data-theme. */
export function drawScreen({ person, profile, theme }: Owner, actions: ScreenActions): Screen {
  const title = element('h1.bar-title')
  const left = element('button.bar-left', { type: 'button', onclick: actions.back })
  const capsule = element(
    '.capsule',
    {},
    element('button.capsule-menu', { type: 'button', 'aria-label': '菜单', onclick: actions.menu }),
    element('button.capsule-close', { type: 'button', 'aria-label': '关闭小程序', onclick: actions.close }),
  )
  const bar = element('.bar', {}, left, title, capsule)
  const status = element(
    '.status',
    { 'aria-hidden': 'true' },
    element('span', {}, '9:41'),
    element('i.status-signs'),
  )
  const content = element('.content')
  const overlay = element('.overlay')
  const glass = element(
    '.glass',
    { 'data-testid': 'phone', 'data-theme': theme },
    status,
    bar,
    content,
    element('i.home-line', { hidden: profile.safeAreaBottom === 0 }),
    overlay,
  )
  glass.style.setProperty('--safe-area-bottom', `${profile.safeAreaBottom}px`)
  return {
    body: element(
      'figure.stand',
      { 'aria-label': `${person.name}的手机` },
      element('.phone', {}, glass),
      element('figcaption', {}, `${person.name} · ${profile.name}`),
    ),
    content,
    overlay,
    drawBar({ title: text, background, text: colour, isHidden }, leftKind, hasCapsule) {
      title.textContent = text
      left.dataset.kind = leftKind
      left.setAttribute('aria-label', leftLabels[leftKind])
      left.hidden = leftKind === 'none'
      capsule.hidden = !hasCapsule
      glass.style.setProperty('--bar', background)
      glass.dataset.bar = colour
      glass.toggleAttribute('data-bar-hidden', isHidden)
    },
  }
}
