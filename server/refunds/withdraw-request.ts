import type { RefundRequest } from '../../contract/refund.ts'
import { limits } from '../config/limits.ts'
import { ownOrder } from '../orders/own-order.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import type { Database } from '../store/database.ts'
import {
  countWithdrawn,
  findRefundRequest,
  moveRefundRequest,
  type EndedRequest,
} from '../store/refund-requests.ts'
import { toRefundRequest } from './refund-view.ts'

/**
 * The customer takes a request back that no operator has decided. Of a withdrawal and a decision at once the first one wins.
 * Repeated it does no more. An order's requests are withdrawn a few times; the next one stays until the shop decides, or
 * asking and withdrawing in turns would write rows without end. Throws NotFound, Conflict (decided, withdrawn too often).
 */
export async function withdrawRequest(
  deps: { db: Database; clock: Clock },
  input: { accountId: string; orderId: string; requestId: string },
): Promise<RefundRequest> {
  await ownOrder(deps.db, input.accountId, input.orderId)
  const request = await findRequestOf(deps.db, input)
  if (request.state === 'withdrawn') return toRefundRequest(request, undefined)
  if (request.state === 'open') await refuseTooMany(deps.db, input.orderId)
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

/** Exact without a lock: an order has one open request, and a withdrawal of another one in between ends this one's turn. */
async function refuseTooMany(db: Database, orderId: string): Promise<void> {
  if ((await countWithdrawn(db, orderId)) >= limits.withdrawalsOfOrderCount)
    throw new KindError(
      'Conflict',
      '这个订单的退款申请已撤回多次，不能再撤回。不想退款请联系商家，或等商家处理。',
    )
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
