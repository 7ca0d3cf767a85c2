/**
 * The bytes of a text in base64, or null when it is not exactly what encoding these bytes gives: Buffer.from also takes
 * texts with rubbish in and behind them, and a signature with something added is not the signature.
 */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}
