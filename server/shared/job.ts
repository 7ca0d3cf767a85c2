/** Work that a noun leaves behind in its own transaction; jobs/ calls whoever does it. Delivered at least once. */
export type Job =
  | { name: 'close-payment'; orderId: string; outTradeNo: string }
  | { name: 'settle-notification'; orderId: string; notificationId: string; mchid: string }

export type JobName = Job['name']
