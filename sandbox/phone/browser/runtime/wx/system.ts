import type { Device } from '../../device.ts'
import { type LaunchOptions, told } from '../launch-options.ts'
import { api } from './call.ts'

/** WeChat's slider: 17 is standard, 22 is large (wx.getAppBaseInfo().fontSizeSetting). */
const fontSizes = { normal: 17, large: 22 } as const

/**
 * What the program may know of the phone.
 * @param size the page area in px
 */
export function system(
  device: Device,
  size: () => { width: number; height: number },
  launched: { first: LaunchOptions; latest: () => LaunchOptions },
) {
  const { profile, theme } = device
  const window_ = () => {
    const { width, height } = size()
    const safeArea = { left: 0, right: width, top: 0, bottom: height, width, height }
    return {
      pixelRatio: window.devicePixelRatio,
      screenWidth: width,
      screenHeight: height + 88,
      windowWidth: width,
      windowHeight: height,
      statusBarHeight: 44,
      safeArea,
    }
  }
  const device_ = () => ({
    platform: profile.platform,
    brand: profile.brand,
    model: profile.model,
    system: profile.system,
  })
  const app = () => ({
    SDKVersion: '3.8.12',
    version: profile.wechatVersion,
    language: device.language === 'en' ? 'en' : 'zh_CN',
    theme,
    fontSizeSetting: fontSizes[device.font],
    fontSizeScaleFactor: fontSizes[device.font] / fontSizes.normal,
    host: { env: 'WeChat' },
  })
  const everything = () => ({ ...window_(), ...device_(), ...app() })
  return {
    getWindowInfo: window_,
    getDeviceInfo: device_,
    getAppBaseInfo: app,
    getSystemInfoSync: everything,
    getSystemInfo: api('getSystemInfo', async () => everything()),
    getAccountInfoSync: () => ({
      miniProgram: { appId: device.miniProgramAppid, envVersion: 'develop', version: '' },
      plugin: {},
    }),
    getLaunchOptionsSync: () => told(launched.first),
    getEnterOptionsSync: () => told(launched.latest()),
    setClipboardData: api('setClipboardData', async ({ data }: { data: string }) => {
      await navigator.clipboard.writeText(data).catch(() => undefined)
      device.dialogs.showToast({ title: '内容已复制', icon: 'success', durationMs: 1500, mask: false })
    }),
    getNetworkType: api('getNetworkType', async () => ({ networkType: 'wifi' })),
    nextTick: (callback: () => void) => void queueMicrotask(callback),
    env: { USER_DATA_PATH: 'wxfile://usr' },
  }
}
