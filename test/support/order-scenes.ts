import type { OrderDetail } from '../../contract/order.ts'
import type { Payment } from '../../contract/payment.ts'
import type { Refund, RefundRequest, RequestedRefund } from '../../contract/refund.ts'

/** What an order's page can show and a test does not want to wait for: a real order's JSON, changed. */
export interface OrderScene {
  title: string
  /** Which real order the scene starts from. */
  of: 'pending' | 'paid' | 'closed'
  /** What is different in it. */
  change(order: OrderDetail): Partial<OrderDetail>
  /** Text that is shown when the page is there. */
  sign: string
}

const at = '2026-12-01T03:04:05.000Z'
const refundId = '0220026120111040512345678901201'.padEnd(32, '2')

const refund = (order: OrderDetail, changed: Partial<Refund> = {}): Refund => ({
  id: refundId,
  paymentId: order.payments[0]?.id ?? '',
  state: 'processing',
  surplus: false,
  amountFen: order.totalFen,
  createdAt: at,
  succeededAt: null,
  submittedAt: at,
  reason: null,
  receivedAccount: null,
  goesTo: 'unknown',
  ...changed,
})

const request = (changed: Partial<RefundRequest> = {}): RefundRequest => ({
  id: '5f0c2a52-8a3c-4a8e-9d5e-0b6f6a1f5a11',
  state: 'open',
  reason: '颜色和图片上不一样，盒子的一角也压坏了，想退掉重新买一份。',
  reply: null,
  refund: null,
  createdAt: at,
  endedAt: null,
  ...changed,
})

const approved = (order: OrderDetail, outcome: RequestedRefund['outcome']) =>
  request({
    state: 'approved',
    endedAt: at,
    reply: '好的，给您退款。',
    refund: { id: refundId, amountFen: order.totalFen, outcome },
  })

const payment = (order: OrderDetail, changed: Partial<Payment>): Payment => ({
  id: refundId.replace('02', '01'),
  orderId: order.id,
  state: 'paid',
  displayState: 'paid',
  entryCode: '01',
  entryKind: 'official-account',
  amountFen: order.totalFen,
  createdAt: at,
  expiresAt: at,
  paidAt: at,
  ...changed,
})

/** Requests of a refund, from the wish to the money or the refusal. */
const requested: OrderScene[] = [
  { title: 'a refund asked for', of: 'paid', change: () => ({ refundRequest: request() }), sign: '撤回申请' },
  {
    title: 'a refund under way',
    of: 'paid',
    change: (order) => ({
      displayState: 'refunding',
      refundableFen: 0,
      refundRequest: approved(order, 'underway'),
      refunds: [refund(order, { goesTo: 'card', receivedAccount: '招商银行信用卡0403' })],
    }),
    sign: '退到：招商银行信用卡0403',
  },
  {
    title: 'a refund that has arrived',
    of: 'paid',
    change: (order) => ({
      displayState: 'refunded',
      refundableFen: 0,
      refundedFen: order.totalFen,
      refundRequest: approved(order, 'succeeded'),
      refunds: [refund(order, { state: 'succeeded', succeededAt: at, goesTo: 'balance' })],
    }),
    sign: '已到账',
  },
  {
    title: 'a refund that the card did not take',
    of: 'paid',
    change: (order) => ({ refundableFen: 0, refundRequest: approved(order, 'abnormal') }),
    sign: '没能退回原账户',
  },
  {
    title: 'a refund that came to nothing',
    of: 'paid',
    change: (order) => ({ refundRequest: approved(order, 'failed') }),
    sign: '暂未成功',
  },
  {
    title: 'a request that was declined',
    of: 'paid',
    change: () => ({
      refundRequest: request({
        state: 'declined',
        endedAt: at,
        reply: '已过七天，而且包装已经拆开，抱歉不能退。',
      }),
    }),
    sign: '未同意',
  },
  {
    title: 'a request that was withdrawn',
    of: 'paid',
    change: () => ({ refundRequest: request({ state: 'withdrawn', endedAt: at }) }),
    sign: '已撤回',
  },
]

/** Every other state of an order's page. */
export const orderScenes: OrderScene[] = [
  ...requested,
  {
    title: 'a part given back by the shop',
    of: 'paid',
    change: (order) => ({
      displayState: 'part-refunded',
      refundedFen: 1000,
      refunds: [
        refund(order, { amountFen: 1000, state: 'succeeded', succeededAt: at, reason: '运费退还，谢谢' }),
      ],
    }),
    sign: '运费退还',
  },
  {
    title: 'paid twice, and paid though it was cancelled',
    of: 'paid',
    change: (order) => ({
      cancelAskedAt: at,
      payments: [payment(order, { displayState: 'refunding' }), ...order.payments],
      refunds: [refund(order, { surplus: true, paymentId: refundId.replace('02', '01') })],
    }),
    sign: '您重复支付了',
  },
  {
    title: 'being cancelled',
    of: 'pending',
    change: (order) => ({
      displayState: 'cancelling',
      cancelling: true,
      payable: false,
      cancelAskedAt: at,
      payments: [payment(order, { state: 'closing', displayState: 'closing', paidAt: null })],
    }),
    sign: '正在取消',
  },
  {
    title: 'cancelled by its buyer',
    of: 'closed',
    change: () => ({ displayState: 'cancelled', closedBy: 'buyer', cancelAskedAt: at }),
    sign: '已取消',
  },
  {
    title: 'closed, and its late money under way',
    of: 'closed',
    change: (order) => ({
      displayState: 'closed-refunding',
      payments: [payment(order, { displayState: 'refunding' })],
      refunds: [refund(order, { surplus: true, paymentId: refundId.replace('02', '01') })],
    }),
    sign: '到账时订单已关闭',
  },
  {
    title: 'a changed price, an address and a note',
    of: 'pending',
    change: (order) => ({
      priceChanges: [
        { at, fromFen: order.totalFen + 123_400, toFen: order.totalFen + 2000 },
        { at, fromFen: order.totalFen + 2000, toFen: order.totalFen },
      ],
      shipping: {
        note: '请在工作日送货，到了先打电话，放在门口的柜子里就行。',
        phone: null,
        address: {
          name: '欧阳小明',
          phone: '+86 138-0013-8000',
          region: '新疆维吾尔自治区 伊犁哈萨克自治州 察布查尔锡伯自治县',
          detail: 'Xinganglu 397 hao building 12, unit 3, room 1204',
        },
      },
    }),
    sign: '商家改价',
  },
  {
    title: 'too late to pay',
    of: 'pending',
    change: () => ({ payable: false }),
    sign: '订单详情',
  },
]

/** The scene of this title. */
export function orderScene(title: string): OrderScene {
  const found = orderScenes.find((scene) => scene.title === title)
  if (!found) throw new Error(`no scene ${title}`)
  return found
}
