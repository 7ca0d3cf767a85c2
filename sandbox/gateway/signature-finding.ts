/** In which way a client got the text wrong that it signed. Several may come together. */
export type Slip =
  | 'method-lower-case'
  | 'url-whole'
  | 'url-without-query'
  | 'url-decoded'
  | 'url-without-slash'
  | 'no-method-and-url'
  | 'nonce-before-timestamp'
  | 'body-left-out'
  | 'body-null'
  | 'body-empty-object'
  | 'body-spaced'
  | 'body-compact'
  | 'body-indented'
  | 'body-escaped'
  | 'no-last-line-feed'
  | 'carriage-returns'
  | 'line-feeds-spelt-out'

/** What keeps WeChat from believing a request; 'none': its signature is right. */
export type SignatureFault =
  | 'none'
  | 'no-header'
  | 'wrong-scheme'
  | 'malformed-header'
  | 'clock-skew'
  | 'unknown-mchid'
  | 'wrong-serial'
  | 'not-base64'
  | 'other-key'
  | 'other-digest'
  | 'other-text'
  /** The inbox does not hold the whole body, so nothing can be compared. */
  | 'body-not-kept'

/** Why a signature failed, for the one who wrote the client. WeChat tells much less. */
export interface SignatureFinding {
  fault: SignatureFault
  /** The header's items as they could be read. */
  items: Record<string, string>
  /** Items that are missing or cannot be read. */
  missing: string[]
  /** Of the sender's clock, in seconds: positive when it is ahead. Null: no timestamp to read. */
  skewSeconds: number | null
  /** The serial number of the merchant's certificate. Null: no such merchant. */
  registeredSerial: string | null
  /** Whose the given serial number, or the key that signed, really is: a mchid, or 'wechat'. */
  belongsTo: string | null
  /** The text that WeChat verifies. */
  expected: string | null
  /** The text that was signed, when it is one of those that clients sign by mistake. */
  signed: string | null
  slips: Slip[]
  /** SHA-256 in hex: of what WeChat verifies, and what the signature holds. */
  expectedDigest: string | null
  signedDigest: string | null
}
