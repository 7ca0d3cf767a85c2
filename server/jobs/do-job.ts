import { closePayment } from '../payments/close-payment.ts'
import type { RefundDeps } from '../refunds/refund-deps.ts'
import { refundSurplus } from '../refunds/refund-surplus.ts'
import type { Job } from '../shared/job.ts'

/** Does what a noun left to be done. A job may come twice: whoever does it looks first whether it is still wanted. */
export const doJob = (deps: RefundDeps, job: Job): Promise<void> =>
  ({ 'close-payment': closePayment, 'refund-surplus': refundSurplus })[job.name](
    deps,
    job.orderId,
    job.outTradeNo,
  )
