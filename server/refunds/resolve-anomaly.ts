import type { Anomaly, AnomalyAction } from '../../contract/operator.ts'
import { KindError } from '../shared/errors.ts'
import { findAnomaly, moveAnomaly } from '../store/anomalies.ts'
import { endedSinceShown } from '../store/left-open.ts'
import { findPayment } from '../store/payments.ts'
import type { AnomalyRow } from '../store/tables.ts'
import { act, settleNotificationAgain, type Proof } from './anomaly-actions.ts'
import { actionsOf, toAnomaly } from './read-anomalies.ts'
import type { RefundDeps } from './refund-deps.ts'

/**
 * Ends an anomaly by a named action, with who did what in its history. Nothing is written by hand: money is counted only
 * as the channel proves it. Throws NotFound, Conflict (ended already, an action of another kind, still not right),
 * ChannelRefused, ChannelUnknown; the anomaly stays open then.
 */
export async function resolveAnomaly(
  deps: RefundDeps,
  input: { anomalyId: string; wish: AnomalyAction; by: string },
): Promise<Anomaly> {
  const { wish, by } = input
  const anomaly = await findAnomaly(deps.db, input.anomalyId)
  if (!anomaly) throw new KindError('NotFound', '没有这条异常，请从列表里重新打开。')
  if (anomaly.state !== 'open') throw new KindError('Conflict', '这条异常已经处理过了，请刷新列表。')
  if (!actionsOf[anomaly.kind].includes(wish.action))
    throw new KindError('Conflict', `这种异常不能这样处理，可以选：${actionsOf[anomaly.kind].join('、')}。`)
  const proof = await proofOf(deps, anomaly, wish, by)
  if (anomaly.kind === 'left-open' && wish.action !== 'dismiss') await assertEnded(deps, anomaly)
  const event = wish.action === 'dismiss' ? 'dismissed' : 'resolved'
  const known = (await findAnomaly(deps.db, input.anomalyId)) as AnomalyRow
  // What settled may have ended it already; an action that did only a part leaves it open.
  if (proof && known.state === 'open')
    await moveAnomaly(deps.db, known, event, deps.clock.now(), { by, action: wish.action, ...proof })
  return toAnomaly((await findAnomaly(deps.db, input.anomalyId)) as AnomalyRow)
}

async function proofOf(
  deps: RefundDeps,
  anomaly: AnomalyRow,
  wish: AnomalyAction,
  by: string,
): Promise<Proof | null> {
  if (wish.action === 'dismiss') return { note: wish.note }
  if (anomaly.particulars.of === 'notification') return settleNotificationAgain(deps, anomaly)
  const payment = await findPayment(deps.db, anomaly.order_id, anomaly.out_trade_no)
  if (!payment)
    throw new KindError('Conflict', '这里没有这笔支付。请到商户平台核对、退款，然后用 dismiss 写明经过。')
  return act(deps, anomaly, payment, wish, by)
}

/** Asking again did not end what was left open: it stays an operator's task. */
async function assertEnded({ db }: RefundDeps, anomaly: AnomalyRow): Promise<void> {
  if ((await endedSinceShown(db, 1, anomaly.anomaly_id)).length === 0)
    throw new KindError('Conflict', '支付平台那边还没有结果，系统会继续查询。请稍后再试，或到商户平台核对。')
}
