import { billText } from '../bill-text.ts'

/** https://pay.weixin.qq.com/doc/v3/merchant/4012525167: description, string(127), counted in bytes of UTF-8. */
const MAX_BYTES = 127

/**
 * What the customer's bill says. WeChat takes UTF-8 of at most three bytes a character (no emoji); control characters
 * become spaces. Never cut inside a character as people see it. Never empty.
 */
export const fitDescription = (text: string): string => fitText(text, MAX_BYTES) || '商品'

/** The same for any text of the customer's bill, of at most so many bytes. Empty when nothing of it can be said. */
export const fitText = (text: string, maxBytes: number): string =>
  billText(text, { gap: '', fits: (cut) => Buffer.byteLength(cut, 'utf8') <= maxBytes })
