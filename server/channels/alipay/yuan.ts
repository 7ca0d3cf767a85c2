/** 8800 fen are "88.00". */
export const toYuan = (fen: number): string =>
  `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`

/** Reads yuan with two decimals, digit by digit: 88.10 * 100 is not 8810 in floats. Null: it is no amount. */
export function readYuan(text: string): number | null {
  const match = /^(\d{1,9})\.(\d\d)$/.exec(text)
  return match ? Number(match[1]) * 100 + Number(match[2]) : null
}
