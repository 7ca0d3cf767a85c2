/**
 * The one way an amount is written on screen: 2800 is "¥28.00", 123456 is "¥1,234.56".
 * Whole fen only; the server is the only one who computes with them.
 */
export function formatFen(amountFen: number): string {
  const sign = amountFen < 0 ? '-' : ''
  const absoluteFen = Math.abs(amountFen)
  const yuan = String(Math.floor(absoluteFen / 100)).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}¥${yuan}.${String(absoluteFen % 100).padStart(2, '0')}`
}
