/** https://pay.weixin.qq.com/doc/v3/merchant/4012525167: description, string(127), counted in bytes of UTF-8. */
const MAX_BYTES = 127

const bytesOf = (text: string) => Buffer.byteLength(text, 'utf8')

/**
 * What the customer's bill says. WeChat takes UTF-8 of at most three bytes a character (no emoji), so longer ones go,
 * together with the joiners they leave behind; control characters become spaces. Never cut inside a character as people
 * see it. Never empty.
 */
export const fitDescription = (text: string): string => fitText(text, MAX_BYTES) || '商品'

/** The same for any text of the customer's bill, of at most so many bytes. Empty when nothing of it can be said. */
export const fitText = (text: string, maxBytes: number): string => {
  const clean = text
    .replaceAll(/[\u{10000}-\u{10FFFF}\p{Surrogate}]|\u200D|\uFE0F/gu, '')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
  if (bytesOf(clean) <= maxBytes) return clean
  let kept = ''
  let left = maxBytes
  for (const { segment } of new Intl.Segmenter('zh', { granularity: 'grapheme' }).segment(clean)) {
    left -= bytesOf(segment)
    if (left < 0) break
    kept += segment
  }
  return kept.trimEnd()
}
