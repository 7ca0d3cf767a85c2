import type { EntryKind } from '../../contract/entry.ts'
import type { PaymentRequest, PaymentWay } from '../../contract/payment.ts'
import type { EntryConfig } from '../config/load-config.ts'
import { KindError } from '../shared/errors.ts'

/** How an entry of each kind collects: in its first way, unless another of its ways is asked for. */
const waysOf: Record<EntryKind, readonly [PaymentWay, ...PaymentWay[]]> = {
  'official-account': ['jsapi'],
  'mini-program': ['mini-program'],
  'mobile-browser': ['h5'],
  'pc-browser': ['native-qr'],
  alipay: ['alipay-wap', 'alipay-page'],
}

/** Whether the channel takes money only from an openid that is named beforehand. */
export const namesPayer = (way: PaymentWay): boolean => way === 'jsapi' || way === 'mini-program'

/**
 * The entry that collects for somebody who came in by `doorCode`, and how. The door is a fact of the session; who collects
 * is the customer's choice among what their client can open, and grants nothing. Throws InvalidInput for what there is not.
 */
export function collectingEntry(
  entries: ReadonlyMap<string, EntryConfig>,
  doorCode: string,
  { collectBy = doorCode, way }: PaymentRequest,
): { entry: EntryConfig; way: PaymentWay } {
  const entry = entries.get(collectBy)
  const chosen = entry && (way ?? waysOf[entry.kind][0])
  const isPossible =
    chosen && waysOf[entry.kind].includes(chosen) && (entry.code === doorCode || !namesPayer(chosen))
  if (!isPossible) throw new KindError('InvalidInput', '这里不能用这种方式支付，请换一种方式。')
  return { entry, way: chosen }
}
