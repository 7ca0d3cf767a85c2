/**
 * Decodes base64, or null unless it is spelt in the one canonical way. Node's own decoder skips what it does not know,
 * so that many texts would decode to the same signature. Never throws: probes carry malformed base64 on purpose.
 */
export const decodeBase64 = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}
