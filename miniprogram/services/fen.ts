/** Whole fen as a price, e.g. 2800 → "¥28.00". Integer arithmetic only. */
export function priceText(amountFen: number): string {
  const fen = String(amountFen % 100).padStart(2, '0')
  return `¥${Math.floor(amountFen / 100)}.${fen}`
}
