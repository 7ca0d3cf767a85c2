import type { Device } from '../../device.ts'
import { addressesOf } from './addresses.ts'
import { ApiRefusal, api } from './call.ts'

/** What most mini-programs call on the way and none here can tell from the real thing. */
export function everyday(device: Device, sessionKey: string) {
  const nothing = (name: string) => api(name, async () => {})
  const addresses = addressesOf(device.person.name)
  const call = { title: '', confirmText: '呼叫', cancelText: '取消', showCancel: true }
  return {
    /** There is never a newer version. */
    getUpdateManager: () => ({
      onCheckForUpdate: (hear: (result: { hasUpdate: boolean }) => void) =>
        queueMicrotask(() => hear({ hasUpdate: false })),
      onUpdateReady() {},
      onUpdateFailed() {},
      applyUpdate() {},
    }),
    /** Alive from the first wx.login of the person on: https://developers.weixin.qq.com/miniprogram/dev/api/open-api/login/wx.checkSession.html */
    checkSession: api('checkSession', async () => {
      if (localStorage.getItem(sessionKey) === null) throw new ApiRefusal('session time out, need relogin')
    }),
    chooseAddress: api('chooseAddress', async () => {
      const names = addresses.map(
        (one) => `${one.userName} ${one.telNumber} ${one.cityName}${one.countyName}${one.detailInfo}`,
      )
      const index = await device.dialogs.showActionSheet(names)
      if (index === null) throw new ApiRefusal('cancel')
      return { ...addresses[index] }
    }),
    makePhoneCall: api('makePhoneCall', async ({ phoneNumber }: { phoneNumber: string }) => {
      if (!(await device.dialogs.showModal({ ...call, content: phoneNumber }))) throw new ApiRefusal('cancel')
    }),
    getPrivacySetting: api('getPrivacySetting', async () => ({
      needAuthorization: false,
      privacyContractName: '《小程序隐私保护指引》',
    })),
    requirePrivacyAuthorize: nothing('requirePrivacyAuthorize'),
    vibrateShort: nothing('vibrateShort'),
    vibrateLong: nothing('vibrateLong'),
    hideHomeButton: nothing('hideHomeButton'),
    reportEvent() {},
    reportAnalytics() {},
    reportMonitor() {},
    reportPerformance() {},
  }
}
