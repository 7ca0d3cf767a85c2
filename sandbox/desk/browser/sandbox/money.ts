/** 8800 → ¥88.00 */
export function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${fen < 0 ? '-' : ''}¥${whole}.${digits.slice(-2)}`
}

/** What somebody typed, in fen; null when it is no amount. */
export function fenOf(text: string): number | null {
  const match = /^\s*¥?(\d{1,9})(?:\.(\d{1,2}))?\s*$/.exec(text)
  return match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : null
}
