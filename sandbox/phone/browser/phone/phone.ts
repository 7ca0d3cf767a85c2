import { switchOnApp } from './app-phone.ts'
import { switchOnBrowser } from './browser-phone.ts'
import type { Phone, PhoneParts } from './switch-on.ts'
import { switchOnWeChat } from './wechat-phone.ts'

/** Switches a phone on, or a computer, and opens what the window's address asks for. */
export function switchOnPhone(parts: PhoneParts): Promise<Phone> {
  const { client } = parts.profile
  if (client === 'wechat') return switchOnWeChat(parts)
  return client === 'browser' ? switchOnBrowser(parts) : switchOnApp(parts, client)
}
