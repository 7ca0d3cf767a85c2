import { createHash } from 'node:crypto'
import { beijingTime } from '../world/clock.ts'
import { payeeOf } from '../world/trade.ts'
import type { World } from '../world/world.ts'
import type { BillDay } from './bill-day.ts'
import { yuan } from './bill-table.ts'
import type { BillTable } from './bill-table.ts'

// https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-fundflow.html
const COLUMNS =
  '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号'
const SUMMARY = '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额'

/** One movement of a merchant's money; expenses are negative. */
interface Flow {
  atMs: number
  amountFen: number
  businessId: string
  name: string
  applicant: string
  remark: string
  voucher: string
}

/** All that moved in a merchant's basic account on a day, each row with the balance after it. */
export function fundBill(world: World, mchid: string, { fromMs, untilMs }: BillDay): BillTable {
  let balanceFen = 0
  const rows: string[][] = []
  const seen: Flow[] = []
  for (const flow of flowsOf(world, mchid)) {
    balanceFen += flow.amountFen
    if (flow.atMs < fromMs || flow.atMs >= untilMs) continue
    seen.push(flow)
    rows.push(row(flow, balanceFen))
  }
  const [income, expense] = [
    seen.filter((flow) => flow.amountFen > 0),
    seen.filter((flow) => flow.amountFen < 0),
  ]
  const sum = (flows: Flow[]) => yuan(Math.abs(flows.reduce((total, flow) => total + flow.amountFen, 0)))
  // Counts are printed with one decimal, as WeChat's sample does.
  const count = (flows: Flow[]) => `${flows.length}.0`
  return {
    columns: COLUMNS.split(','),
    rows,
    summaryColumns: SUMMARY.split(','),
    summary: [count(seen), count(income), sum(income), count(expense), sum(expense)],
  }
}

function row(flow: Flow, balanceFen: number): string[] {
  return [
    beijingTime(flow.atMs).slice(0, 19).replace('T', ' '),
    flow.businessId,
    flowNumber(flow),
    flow.name,
    flow.name,
    flow.amountFen > 0 ? '收入' : '支出',
    yuan(Math.abs(flow.amountFen)),
    yuan(balanceFen),
    flow.applicant,
    flow.remark,
    flow.voucher,
  ]
}

/** The same movement has the same number in every copy of the bill. */
function flowNumber({ businessId, name, atMs, amountFen }: Flow): string {
  const hash = createHash('sha256').update(`${businessId} ${name} ${atMs} ${amountFen}`).digest('hex')
  return BigInt(`0x${hash.slice(0, 24)}`)
    .toString()
    .padStart(28, '1000')
}

/** Everything that ever moved, oldest first. */
function flowsOf(world: World, mchid: string): Flow[] {
  const flows: Flow[] = []
  for (const trade of world.ledger.trades()) {
    if (trade.paidAtMs === null || payeeOf(trade) !== mchid) continue
    const { transactionId, outTradeNo, paidAtMs: atMs, amountFen } = trade
    const businessId = transactionId ?? ''
    flows.push({
      atMs,
      amountFen,
      businessId,
      name: '交易',
      applicant: 'system',
      remark: '',
      voucher: outTradeNo,
    })
  }
  for (const refund of world.refunds.all()) {
    if (payeeOf(refund) !== mchid) continue
    const { refundId: businessId, outRefundNo: voucher, amountFen } = refund
    const applicant = refund.parameters === null ? 'system' : `${refund.mchid}API`
    const remark = `退款总金额${yuan(amountFen)}元;含手续费0.00元`
    const given = { businessId, name: '退款', applicant, voucher }
    flows.push({ ...given, atMs: refund.steps[0]!.atMs, amountFen: -amountFen, remark })
    const closed = refund.steps.find(({ status }) => status === 'CLOSED')
    if (closed) flows.push({ ...given, atMs: closed.atMs, amountFen, remark: '退款关闭' })
  }
  for (const { id, mchid: owner, amountFen, atMs } of world.funds.transfers()) {
    if (owner !== mchid) continue
    const name = amountFen > 0 ? '充值' : '提现'
    flows.push({ atMs, amountFen, businessId: id, name, applicant: 'system', remark: '', voucher: id })
  }
  return flows.sort((a, b) => a.atMs - b.atMs)
}
