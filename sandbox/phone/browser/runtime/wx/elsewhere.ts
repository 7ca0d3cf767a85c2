import type { Device } from '../../device.ts'
import { sandbox } from '../../sandbox.ts'
import type { Foreground } from '../foreground.ts'
import type { Outside } from '../outside.ts'
import { ApiRefusal, api } from './call.ts'

const OPENED_BY_ANOTHER = 1037
const BACK_FROM_ANOTHER = 1038

interface Target {
  appId?: string
  path?: string
  extraData?: object
  envVersion?: string
}

interface Parts {
  device: Device
  foreground: Foreground
  outside: Outside
}

/**
 * Other mini-programs and the app that opened this one. The phone has the source of one mini-program, so another one is a
 * page that shows what it was given and gives something back.
 * https://developers.weixin.qq.com/miniprogram/dev/api/navigate/wx.navigateToMiniProgram.html
 */
export function elsewhere({ device, foreground, outside }: Parts) {
  return {
    navigateToMiniProgram: api('navigateToMiniProgram', async (target: Target) => {
      const { appId, path = '', extraData = {}, envVersion = 'release' } = target
      if (typeof appId !== 'string' || appId === '') throw new ApiRefusal('appId should be String')
      if (!foreground.isTouched()) throw new ApiRefusal('can only be invoked by user TAP gesture.')
      const name = await nameOf(appId)
      if (!(await isAllowed(device, name))) throw new ApiRefusal('cancel')
      const given = [
        ['appId', appId],
        ['path', path],
        ['extraData', JSON.stringify(extraData)],
        ['envVersion', envVersion],
      ] as const
      const { path: here, query } = foreground.latest()
      foreground.hide()
      outside.go({ title: name, given, back: '返回', answers: true }, (answer) =>
        foreground.show({
          path: here,
          query,
          scene: BACK_FROM_ANOTHER,
          referrerInfo: { appId, ...(answer !== undefined && { extraData: answer }) },
        }),
      )
    }),
    navigateBackMiniProgram: api(
      'navigateBackMiniProgram',
      async ({ extraData = {} }: { extraData?: object }) => {
        const came = foreground.latest()
        if (came.scene !== OPENED_BY_ANOTHER) throw new ApiRefusal('not MiniProgram can navigate back')
        const title = await nameOf(came.referrerInfo?.appId ?? '')
        foreground.hide()
        const given = [['extraData', JSON.stringify(extraData)]] as const
        outside.go({ title, given, back: '再次打开', answers: false }, () => foreground.show(came))
      },
    ),
    onAppShow: (listener: () => void) => foreground.listen('show', listener),
    offAppShow: (listener?: () => void) => foreground.unlisten('show', listener),
    onAppHide: (listener: () => void) => foreground.listen('hide', listener),
    offAppHide: (listener?: () => void) => foreground.unlisten('hide', listener),
  }
}

/** A tap on a button with open-type launchApp. False: the program did not come from an app. */
export function launchApp({ foreground, outside }: Omit<Parts, 'device'>, parameter: string): boolean {
  if (!foreground.mayLaunchApp()) return false
  foreground.hide()
  const given = [['app-parameter', parameter]] as const
  outside.go({ title: 'App', given, back: '回到微信', answers: false }, () => foreground.show())
  return true
}

async function nameOf(appId: string): Promise<string> {
  const apps = await sandbox.apps()
  return apps.find(({ appid }) => appid === appId)?.name ?? `小程序 ${appId}`.trim()
}

function isAllowed(device: Device, name: string): Promise<boolean> {
  return device.dialogs.showModal({
    title: '',
    content: `即将打开“${name}”小程序`,
    confirmText: '允许',
    cancelText: '取消',
    showCancel: true,
  })
}
