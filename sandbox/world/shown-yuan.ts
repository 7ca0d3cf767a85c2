/** An amount for people, without a sign: 123456 fen are "1,234.56", -5 are "-0.05". Whole fen, no floating point. */
export function shownYuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${fen < 0 ? '-' : ''}${yuan}.${digits.slice(-2)}`
}
