import type { Device } from '../device.ts'
import { type WeChat, kill, launch, launchedAt, leave } from './wechat.ts'

/** 1001: the mini-program is entered anew from its own menu, as from the list of recent ones. */
const SCENE_REENTER = 1001

/** The capsule's three dots: what a person may do with what is in front. */
export async function openMenu(wechat: WeChat): Promise<void> {
  const entries = wechat.front === 'mini-program' ? miniProgramEntries(wechat) : browserEntries(wechat)
  const chosen = await wechat.device.dialogs.showActionSheet(entries.map(([label]) => label))
  if (chosen !== null) await entries[chosen]?.[1]()
}

type Entry = [label: string, act: () => unknown]

function miniProgramEntries(wechat: WeChat): Entry[] {
  const { running, device } = wechat
  return [
    ['转发给朋友', () => share(device, wechat)],
    ['重新进入小程序', () => launch(wechat, launchedAt('', SCENE_REENTER))],
    ['刷新网页', () => running?.reloadWebView()],
    ['系统回收网页（内存不足）', () => running?.evictWebView()],
    ['结束小程序进程', () => kill(wechat)],
  ]
}

function browserEntries(wechat: WeChat): Entry[] {
  return [
    ['分享给朋友', () => wechat.browser?.share()],
    ['刷新', () => wechat.browser?.reload()],
    ['关闭网页', () => leave(wechat)],
  ]
}

function share(device: Device, { running }: WeChat): void {
  const card = running?.share()
  if (card) device.sendCard(card)
  else device.dialogs.showToast({ title: '当前页面不可转发', icon: 'none', durationMs: 1500, mask: false })
}
