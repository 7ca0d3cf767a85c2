/** https://opendocs.alipay.com/apis/api_1/alipay.trade.wap.pay: subject, 256 characters, without / = & and the like. */
const MAX_CHARACTERS = 256

/** What the customer's bill says, in the characters that Alipay takes. Never empty, never cut inside a character. */
export function fitSubject(text: string): string {
  const clean = text.replaceAll(/[/=&\p{Cc}\p{Surrogate}\u{10000}-\u{10FFFF}]+/gu, ' ').trim()
  if (clean === '') return '商品'
  let kept = ''
  for (const { segment } of new Intl.Segmenter('zh', { granularity: 'grapheme' }).segment(clean)) {
    if (kept.length + segment.length > MAX_CHARACTERS) break
    kept += segment
  }
  return kept.trimEnd()
}
