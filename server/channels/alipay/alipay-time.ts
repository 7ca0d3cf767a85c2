const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000

/** A moment as Alipay writes it: UTC+8 without saying so, e.g. "2026-11-21 18:30:00". */
export const alipayTime = (moment: Date): string =>
  new Date(moment.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')

/** Reads such a moment, or null when the text is none. */
export function readAlipayTime(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null
  const moment = new Date(`${text.replace(' ', 'T')}+08:00`)
  return Number.isNaN(moment.getTime()) || alipayTime(moment) !== text ? null : moment
}
