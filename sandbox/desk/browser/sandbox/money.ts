import { shownYuan } from '../../../world/shown-yuan.ts'

/** 123456 fen are "¥1,234.56". */
export function yuan(fen: number): string {
  return `${fen < 0 ? '-' : ''}¥${shownYuan(Math.abs(fen))}`
}

/** What somebody typed, with or without commas, in fen; null when it is no amount. */
export function fenOf(text: string): number | null {
  const match = /^\s*¥?(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?\s*$/.exec(text)
  if (!match) return null
  const [, yuan = '', fen = ''] = match
  return Number(yuan.replaceAll(',', '')) * 100 + Number(fen.padEnd(2, '0'))
}
