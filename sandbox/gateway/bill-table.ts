/** A bill: rows and their sum, all texts. */
export interface BillTable {
  columns: readonly string[]
  rows: readonly (readonly string[])[]
  summaryColumns: readonly string[]
  summary: readonly string[]
}

/** WeChat prints line breaks of the merchant's own texts as two characters, so that a row stays a line. */
const cell = (text: string) => `\`${text.replaceAll('\r', '\\r').replaceAll('\n', '\\n')}`

/**
 * The text of a bill: header, rows, header of the summary, summary; every value behind a backtick, headers bare.
 * https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html
 */
export function printBill({ columns, rows, summaryColumns, summary }: BillTable): string {
  const values = (row: readonly string[]) => row.map(cell).join(',')
  const lines = [columns.join(','), ...rows.map(values), summaryColumns.join(','), values(summary)]
  return `${lines.join('\r\n')}\r\n`
}

/** Bills count in yuan, the API in fen. */
export function yuan(fen: number): string {
  const whole = Math.trunc(Math.abs(fen) / 100)
  const rest = String(Math.abs(fen) % 100).padStart(2, '0')
  return `${fen < 0 ? '-' : ''}${whole}.${rest}`
}
