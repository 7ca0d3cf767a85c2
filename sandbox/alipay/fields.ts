import { invalidParameter } from './refusal.ts'
import { fenOf } from './yuan.ts'

type Biz = Record<string, unknown>

/** An optional text of biz_content, of at most so many characters. */
export function text(biz: Biz, name: string, longest: number): string | null {
  const value = biz[name]
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string') throw invalidParameter(name, '应为字符串')
  if (value.length > longest) throw invalidParameter(name, `超过${longest}个字符`)
  return value
}

/** A text that must be there. */
export function requiredText(biz: Biz, name: string, longest: number): string {
  const value = text(biz, name, longest)
  if (value === null) throw invalidParameter(name, '不能为空')
  return value
}

/** An amount that must be there, as yuan in text or as a number. 0.01 to 100,000,000. */
export function requiredYuan(biz: Biz, name: string): number {
  const value = biz[name]
  if (value === undefined || value === null || value === '') throw invalidParameter(name, '不能为空')
  const fen = fenOf(String(value))
  if (fen === null || fen < 1 || fen > 10_000_000_000)
    throw invalidParameter(name, '应为0.01到100000000之间的金额，单位为元，精确到小数点后两位')
  return fen
}

/** The merchant's number of an order. */
export function outTradeNo(biz: Biz): string {
  const value = requiredText(biz, 'out_trade_no', 64)
  if (!/^\w+$/.test(value)) throw invalidParameter('out_trade_no', '只能是字母、数字和下划线')
  return value
}
