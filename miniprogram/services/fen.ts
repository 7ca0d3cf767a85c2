/** Whole fen as a price, as the H5 writes it, e.g. 123456 → "¥1,234.56". Integer arithmetic only. */
export function priceText(amountFen: number): string {
  const digits = String(Math.abs(amountFen)).padStart(3, '0')
  const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${amountFen < 0 ? '-' : ''}¥${yuan}.${digits.slice(-2)}`
}
