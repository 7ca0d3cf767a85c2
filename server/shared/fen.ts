/** The largest amount of one order or payment: ¥1,000,000.00. */
export const largestFen = 100_000_000

/** Multiplies a price by a count. Throws RangeError when the result is no amount of ours. */
export function timesFen(priceFen: number, count: number): number {
  const product = priceFen * count
  if (!Number.isSafeInteger(product) || product < 0) throw new RangeError(`not an amount: ${product} fen`)
  return product
}

/** Adds amounts. Throws RangeError when the result is no amount of ours. */
export function sumFen(amountsFen: readonly number[]): number {
  const total = amountsFen.reduce((sum, amount) => sum + amount, 0)
  if (!Number.isSafeInteger(total) || total < 0) throw new RangeError(`not an amount: ${total} fen`)
  return total
}

/** An amount for a sentence, e.g. "¥1,234.56", -5 is "-¥0.05". Whole fen. */
export function yuan(amountFen: number): string {
  const digits = String(Math.abs(amountFen)).padStart(3, '0')
  return `${amountFen < 0 ? '-' : ''}¥${grouped(digits.slice(0, -2))}.${digits.slice(-2)}`
}

/** Digits in groups of three, e.g. "1,234". */
const grouped = (digits: string): string =>
  digits.length <= 3 ? digits : `${grouped(digits.slice(0, -3))},${digits.slice(-3)}`
