import type { Device } from '../device.ts'
import type { BridgeFunctions } from './bridge-functions.ts'
import type { JsSdk } from './js-sdk.ts'
import { type WebView, realAddress } from './web-view.ts'

/** Fired when the person chooses 分享给朋友; the page answers with sendAppMessage. */
const SHARE = 'menu:share:appmessage'

/** How the page in WeChat's browser becomes a card: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html#10 */
export interface PageShare {
  functions: BridgeFunctions
  /** The page called WeixinJSBridge.on. */
  listen(name: string): void
  /** The person chooses it from the menu. */
  share(): void
  /** Another document is there: what the last one said of its card is forgotten. */
  forget(): void
}

/** @param view not asked before the person or the page does something */
export function createPageShare(device: Device, sdk: JsSdk, view: () => WebView): PageShare {
  let isHeard = false
  let announced: Record<string, unknown> | null = null
  const send = (card: Record<string, unknown>): void => {
    const text = (name: string): string => (typeof card[name] === 'string' ? card[name] : '')
    const imageUrl = text('imgUrl') || text('img_url') || null
    const title = text('title') || view().title() || view().url()
    device.sendCard({ title, path: '', link: realAddress(device, text('link')) || view().url(), imageUrl })
  }
  return {
    functions: {
      sendAppMessage(card) {
        send(card)
        return { err_msg: 'sendAppMessage:ok' }
      },
      updateAppMessageShareData(card) {
        announced = card
        return { err_msg: 'updateAppMessageShareData:ok' }
      },
    },
    listen(name) {
      if (name === SHARE) isHeard = sdk.refuse(name, {}) === null
      else console.error(`[phone] WeixinJSBridge.on('${name}') never fires on this phone.`)
    },
    share() {
      if (announced === null && isHeard) view().fire(SHARE, { shareTo: 'friend' })
      else send(announced ?? {})
    },
    forget() {
      isHeard = false
      announced = null
    },
  }
}
