import { language, t } from '../words/t.ts'

/** All of WeChat lives in Beijing's time. */
const zone = 'Asia/Shanghai'

/** 15:04:05 */
export function clockTime(iso: string): string {
  return iso === '' ? '' : new Date(iso).toLocaleTimeString('en-GB', { timeZone: zone })
}

/** 11月21日 15:04:05 */
export function dayAndTime(iso: string): string {
  const day = new Date(iso).toLocaleDateString(language(), { timeZone: zone, month: 'short', day: 'numeric' })
  return `${day} ${clockTime(iso)}`
}

/** 1 天 2 小时, 3 分钟, 4 秒; of the two largest units. */
export function duration(ms: number): string {
  const units = [
    ['time.days', 86_400],
    ['time.hours', 3_600],
    ['time.minutes', 60],
    ['time.seconds', 1],
  ] as const
  let left = Math.round(Math.abs(ms) / 1000)
  const parts: string[] = []
  for (const [sentence, seconds] of units) {
    const count = Math.floor(left / seconds)
    left -= count * seconds
    if (count > 0) parts.push(t(sentence, { count }))
  }
  return parts.slice(0, 2).join(' ') || t('time.seconds', { count: 0 })
}
