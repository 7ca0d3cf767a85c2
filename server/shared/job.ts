/** Work that a noun leaves behind in its own transaction; jobs/ calls whoever does it. Delivered at least once. */
export interface Job {
  name: 'close-payment'
  orderId: string
  outTradeNo: string
}
