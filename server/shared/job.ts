/** Work that a noun leaves behind in its own transaction; jobs/ calls whoever does it. Delivered at least once. */
export interface Job {
  name: 'close-payment' | 'refund-surplus'
  orderId: string
  outTradeNo: string
}
