import type { BridgeAnswer } from '../bridge/protocol.ts'
import type { Device } from '../device.ts'
import { sandbox } from '../sandbox.ts'
import { type PageAddresses, addressesOf } from './web-view.ts'

/**
 * The functions that wx.config opens, under the names that the SDK calls them by. Appendix 2 of
 * https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html#65, and requestMedicalInsurancePay.
 */
const BY_CONFIG = new Set(
  `
    updateAppMessageShareData updateTimelineShareData menu:share:timeline menu:share:appmessage
    menu:share:QQ menu:share:qq menu:share:weiboApp menu:share:QZone startRecord stopRecord onVoiceRecordEnd
    playVoice pauseVoice stopVoice onVoicePlayEnd uploadVoice downloadVoice translateVoice chooseImage
    imagePreview uploadImage downloadImage getLocalImgData openLocation geoLocation startMonitoringBeacons
    stopMonitoringBeacons onBeaconsInRange hideMenuItems showMenuItems hideAllNonBaseMenuItem
    showAllNonBaseMenuItem scanQRCode openProductViewWithPid batchAddCard chooseCard batchViewCard
    consumedShareCard editAddress requestMedicalInsurancePay
  `
    .trim()
    .split(/\s+/),
)

/**
 * These are older than the SDK: a page that calls WeixinJSBridge itself needs no wx.config, as WeChat Pay's own page
 * does (https://pay.weixin.qq.com/doc/v3/merchant/4012365339). Called through the SDK they do.
 */
const BY_CONFIG_THROUGH_SDK = new Set([
  'getBrandWCPayRequest',
  'getNetworkType',
  'closeWindow',
  'hideOptionMenu',
  'showOptionMenu',
])

/** What wx.config has opened to the document in one web-view. */
export interface JsSdk {
  /** Answers preVerifyJSAPI, which is what wx.config calls. */
  config(args: Record<string, unknown>, landing: string): Promise<BridgeAnswer>
  /** @returns WeChat's refusal, or null when this document may call the function */
  refuse(name: string, args: Record<string, unknown>): BridgeAnswer | null
  /** Another document is in the web-view now. */
  forget(): void
}

/** @param current the address where the page stands now, in the real world */
export function createJsSdk(device: Device, current: () => string): JsSdk {
  let opened: Set<string> | null = null
  return {
    async config(args, landing) {
      opened = null
      const address = device.profile.signsLandingUrl ? landing : current()
      const refusal = await judge(args, addressesOf(device, address))
      if (refusal !== null) {
        console.warn(`[phone] wx.config fails: ${refusal.errMsg}. ${refusal.reason}`)
        return { err_msg: `preVerifyJSAPI:fail,${refusal.errMsg}` }
      }
      if (Array.isArray(args.verifyOpenTagList) && args.verifyOpenTagList.length > 0)
        console.error(`[phone] ${args.verifyOpenTagList.join(', ')}: open tags are not drawn on this phone.`)
      const listed = [args.verifyJsApiList, args.verifyOpenTagList].flatMap((list) => list ?? [])
      opened = new Set(listed.map(String))
      return { err_msg: 'preVerifyJSAPI:ok' }
    },
    refuse(name, args) {
      const isThroughSdk = args.verifySignType !== undefined
      const needsConfig = BY_CONFIG.has(name) || (isThroughSdk && BY_CONFIG_THROUGH_SDK.has(name))
      if (!needsConfig || opened?.has(name) === true) return null
      // Two sentences of WeChat's: nothing was verified, or not this.
      const why = opened === null ? 'the permission value is offline verifying' : 'permission denied'
      const advice =
        opened === null ? 'call it in wx.ready, after wx.config went well' : 'name it in jsApiList'
      console.warn(`[phone] ${name}: ${why}. To open it, ${advice}.`)
      return { err_msg: `${name}:${opened === null ? `fail, ${why}` : why}` }
    },
    forget() {
      opened = null
    },
  }
}

function judge(args: Record<string, unknown>, { real, here }: PageAddresses) {
  const text = (name: string): string => String(args[name] ?? '')
  return sandbox.judgeJsConfig({
    appid: text('verifyAppId'),
    timestamp: text('verifyTimestamp'),
    nonceStr: text('verifyNonceStr'),
    signature: text('verifySignature'),
    urls: [real, here],
  })
}
