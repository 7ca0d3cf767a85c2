/** Where WeChat's own page of H5 pay lives; its host there is wx.tenpay.com. */
export const H5_PAY_PATH = '/cgi-bin/mmpayweb-bin/checkmweb'

/** The h5_url of an h5 order: https://pay.weixin.qq.com/doc/v3/merchant/4012791834 */
export function h5PayUrl(publicUrl: string, prepayId: string): string {
  return `${publicUrl}${H5_PAY_PATH}?prepay_id=${prepayId}&package=${packageOf(prepayId)}`
}

/** The second number in the link; a link whose two numbers do not belong together was tampered with. */
export function packageOf(prepayId: string): string {
  return prepayId.slice(-10)
}

/** What the page wakes WeChat with, on the same phone. */
export function wakeLink(prepayId: string): string {
  return `weixin://wap/pay?${new URLSearchParams({ prepayid: prepayId, package: packageOf(prepayId) }).toString()}`
}
