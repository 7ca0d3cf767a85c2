import { beijingDigits } from './clock.ts'
import type { BusinessClock } from './clock.ts'
import type { Journal, Register } from './journal.ts'
import { digits } from './random.ts'

/** Who pays a medical bill: the person, the insurance, or both. https://pay.weixin.qq.com/doc/v3/merchant/4016781466 */
export const MIX_PAY_TYPES = ['CASH_ONLY', 'INSURANCE_ONLY', 'CASH_AND_INSURANCE'] as const
export type MixPayType = (typeof MIX_PAY_TYPES)[number]

/** A medical insurance order. Plain JSON: it is kept over a restart. */
export interface MedicalOrder {
  mixTradeNo: string
  mchid: string
  subMchid: string | null
  outTradeNo: string
  appid: string
  subAppid: string | null
  payerOpenid: string | null
  payerUnderSub: boolean
  type: MixPayType
  /** The ordinary order that collects the cash part; null: there is none. */
  prepayId: string | null
  insuranceFen: number
  /** What the payer reads at the cashier. */
  description: string
  notifyUrl: string
  /** The fields of the order that answers repeat. */
  shown: Record<string, unknown>
  /** Digest of all parameters: ordering again must repeat them. */
  parameters: string
  createdAtMs: number
  paidAtMs: number | null
  /** When the merchant said that the insurance gave its part back. */
  insuranceRefundedAtMs: number | null
}

/** The book of medical insurance orders. Cash is counted by the ledger; what the insurance pays is nobody's balance. */
export interface MedicalBook {
  register: Register
  find(mixTradeNo: string): MedicalOrder | undefined
  findByNumber(mchid: string, outTradeNo: string): MedicalOrder | undefined
  open(
    given: Omit<MedicalOrder, 'mixTradeNo' | 'createdAtMs' | 'paidAtMs' | 'insuranceRefundedAtMs'>,
  ): MedicalOrder
  markPaid(order: MedicalOrder): void
  markInsuranceRefunded(order: MedicalOrder): void
}

export function createMedicalBook(clock: BusinessClock, journal: () => Journal): MedicalBook {
  const byId = new Map<string, MedicalOrder>()
  const byNumber = new Map<string, MedicalOrder>()
  const keyOf = (mchid: string, outTradeNo: string) => `${mchid} ${outTradeNo}`
  const load = (order: MedicalOrder) => {
    byId.set(order.mixTradeNo, order)
    byNumber.set(keyOf(order.mchid, order.outTradeNo), order)
  }
  const write = (order: MedicalOrder) => {
    load(order)
    journal().append('medical-order', order)
  }
  return {
    register: {
      kind: 'medical-order',
      entities: () => byId.values(),
      load,
      clear() {
        byId.clear()
        byNumber.clear()
      },
    },
    find: (mixTradeNo) => byId.get(mixTradeNo),
    findByNumber: (mchid, outTradeNo) => byNumber.get(keyOf(mchid, outTradeNo)),
    open(given) {
      const createdAtMs = clock.nowMs()
      const day = beijingDigits(createdAtMs).slice(0, 8)
      const mixTradeNo = `1217${day}${digits(16)}`
      const order = { ...given, mixTradeNo, createdAtMs, paidAtMs: null, insuranceRefundedAtMs: null }
      write(order)
      return order
    },
    markPaid(order) {
      order.paidAtMs = clock.nowMs()
      write(order)
    },
    markInsuranceRefunded(order) {
      order.insuranceRefundedAtMs = clock.nowMs()
      write(order)
    },
  }
}
