import { switchOnAlipay } from './alipay-phone.ts'
import { switchOnBrowser } from './browser-phone.ts'
import type { Phone, PhoneParts } from './switch-on.ts'
import { switchOnWeChat } from './wechat-phone.ts'

const switchOn = { wechat: switchOnWeChat, alipay: switchOnAlipay, browser: switchOnBrowser } as const

/** Switches a phone on, or a computer, and opens what the window's address asks for. */
export function switchOnPhone(parts: PhoneParts): Promise<Phone> {
  return switchOn[parts.profile.client](parts)
}
