import { type LaunchOptions, told } from './launch-options.ts'
import { type PageStack, hideTop, showTop } from './page-stack.ts'

/** Scenes: https://developers.weixin.qq.com/miniprogram/dev/reference/scene-list.html */
const FROM_AN_APP = 1069
/** A card that an app shared, and ways back that keep what was. */
const FROM_A_CARD_OF_AN_APP = 1036
const BACK_AGAIN = [1038, 1089, 1090]

type Listener = (options?: object) => void
type Moment = 'show' | 'hide'

/** Whether a running program is in front, by which way it came there, and who hears of it. */
export interface Foreground {
  latest(): LaunchOptions
  /** To the front, perhaps by another way in than before. */
  show(launched?: LaunchOptions): void
  hide(): void
  /** Whether the person has touched the program since it came to the front. */
  isTouched(): boolean
  /** Whether it may open the app it came from: https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/launchApp.html */
  mayLaunchApp(): boolean
  /** wx.onAppShow, wx.onAppHide */
  listen(moment: Moment, listener: Listener): void
  /** wx.offAppShow, wx.offAppHide; without a listener: all of them. */
  unlisten(moment: Moment, listener?: Listener): void
}

/**
 * @param host the element the person touches
 * @param callApp calls a function of App()
 */
export function createForeground(
  host: HTMLElement,
  stack: PageStack,
  first: LaunchOptions,
  callApp: (name: string, ...given: unknown[]) => void,
): Foreground {
  let latest = first
  let isTouched = false
  let mayLaunchApp = first.scene === FROM_AN_APP || first.scene === FROM_A_CARD_OF_AN_APP
  const listeners: Record<Moment, Set<Listener>> = { show: new Set(), hide: new Set() }
  const tell = (moment: Moment, options?: object): void => {
    for (const listener of listeners[moment]) stack.guard(() => listener(options))
  }
  for (const touch of ['pointerdown', 'keydown'])
    host.addEventListener(touch, () => (isTouched = true), { capture: true })
  return {
    latest: () => latest,
    show(launched = latest) {
      latest = launched
      const { scene } = launched
      if (!BACK_AGAIN.includes(scene)) mayLaunchApp = scene === FROM_AN_APP || scene === FROM_A_CARD_OF_AN_APP
      callApp('onShow', told(launched))
      tell('show', told(launched))
      showTop(stack)
    },
    hide() {
      isTouched = false
      hideTop(stack)
      callApp('onHide')
      tell('hide')
    },
    isTouched: () => isTouched,
    mayLaunchApp: () => mayLaunchApp,
    listen: (moment, listener) => void listeners[moment].add(listener),
    unlisten(moment, listener) {
      if (listener === undefined) listeners[moment].clear()
      else listeners[moment].delete(listener)
    },
  }
}
