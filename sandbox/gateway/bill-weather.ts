import type { World } from '../world/world.ts'
import { yuan } from './bill-table.ts'
import type { BillTable } from './bill-table.ts'

/** Cells of a trade bill's row by the names of their columns. */
type Row = Record<string, string>

/**
 * A trade bill as rules want it: rows left out, printed twice, or with other cells. The summary counts what is printed,
 * so that a reader who checks the sums first still gets to the rows.
 */
export function weatheredBill(world: World, mchid: string, bill: BillTable): BillTable {
  const rows = bill.rows.flatMap((cells) => weatheredRow(world, mchid, bill.columns, cells))
  const isAsPrinted = rows.length === bill.rows.length && rows.every((row, index) => row === bill.rows[index])
  return isAsPrinted ? bill : { ...bill, rows, summary: sums(bill, rows) }
}

function weatheredRow(
  world: World,
  mchid: string,
  columns: readonly string[],
  cells: readonly string[],
): (readonly string[])[] {
  const row: Row = Object.fromEntries(columns.map((column, index) => [column, cells[index]!]))
  const weather = world.weather.strike({
    api: row['交易状态'] === 'REFUND' ? 'bill-refund-row' : 'bill-row',
    mchid,
    appid: row['公众账号ID'],
    outTradeNo: row['商户订单号'],
  })
  if (weather.lose) return []
  const changed = weather.alter
    ? columns.map((column, index) => String(weather.alter![column] ?? cells[index]))
    : cells
  return Array.from({ length: 1 + (weather.duplicate ?? 0) }, () => changed)
}

/** A sum is called like its column, with 总 in it: 退款总金额 sums up 退款金额. Fees are always nought. */
function sums(bill: BillTable, rows: readonly (readonly string[])[]): string[] {
  return bill.summaryColumns.map((name, place) => {
    if (name === '总交易单数') return String(rows.length)
    const index = bill.columns.indexOf(name.replace('总', ''))
    if (index === -1) return bill.summary[place]!
    return yuan(rows.reduce((sum, row) => sum + Math.round(Number(row[index]) * 100), 0))
  })
}
