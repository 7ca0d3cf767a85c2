import type { ShippingAddress } from '../../contract/shipping'

/**
 * Opens WeChat's own address list. Answers the chosen address; null when the customer closed the list without choosing.
 * Rejects where WeChat refuses: without permission, or without a privacy declaration that names the address.
 * https://developers.weixin.qq.com/miniprogram/dev/api/open-api/address/wx.chooseAddress.html
 */
export function chooseAddress(): Promise<ShippingAddress | null> {
  return new Promise((resolve, reject) => {
    wx.chooseAddress({
      success: (chosen) => resolve(addressOf(chosen)),
      fail: ({ errMsg }) => (/cancel/.test(errMsg) ? resolve(null) : reject(new Error(errMsg))),
    })
  })
}

function addressOf(chosen: WechatMiniprogram.ChooseAddressSuccessCallbackResult): ShippingAddress {
  const { userName, telNumber, provinceName, cityName, countyName, detailInfo } = chosen
  // A municipality is province and city at once.
  const names = [provinceName, cityName, countyName].filter((name, i, all) => name && name !== all[i - 1])
  return { name: userName, phone: telNumber, region: names.join(' '), detail: detailInfo }
}
