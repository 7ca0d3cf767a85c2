import type { RefundRequest } from '../../contract/refund.ts'
import { ownOrder } from '../orders/own-order.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import type { Database } from '../store/database.ts'
import { findRefundRequest, moveRefundRequest, type EndedRequest } from '../store/refund-requests.ts'
import { toRefundRequest } from './refund-view.ts'

/**
 * The customer takes a request back that no operator has decided. Of a withdrawal and a decision at once the first one wins.
 * Repeated it does no more. Throws NotFound, Conflict (decided).
 */
export async function withdrawRequest(
  deps: { db: Database; clock: Clock },
  input: { accountId: string; orderId: string; requestId: string },
): Promise<RefundRequest> {
  await ownOrder(deps.db, input.accountId, input.orderId)
  const request = await findRequestOf(deps.db, input)
  if (request.state === 'withdrawn') return toRefundRequest(request, undefined)
  const evidence = { by: 'customer' }
  const withdrawn = await moveRefundRequest(
    deps.db,
    request,
    'withdrawn',
    deps.clock.now(),
    request.reply,
    evidence,
  )
  const ended = withdrawn ?? (await findRequestOf(deps.db, input))
  if (ended.state !== 'withdrawn')
    throw new KindError('Conflict', '商家已经处理了这个申请，不能再撤回，请刷新查看。')
  return toRefundRequest(ended, undefined)
}

async function findRequestOf(
  db: Database,
  { orderId, requestId }: { orderId: string; requestId: string },
): Promise<EndedRequest> {
  const request = await findRefundRequest(db, requestId)
  if (request?.order_id !== orderId)
    throw new KindError('NotFound', '没有找到这个退款申请，请从订单里重新打开。')
  return request
}
