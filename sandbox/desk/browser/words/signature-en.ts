import type { signatureZh } from './signature-zh-cn.ts'

/** What the desk says of signatures, in English. */
export const signatureEn: Record<keyof typeof signatureZh, string> = {
  'sign.title': 'Signature',
  'sign.why': 'Why the signature failed',
  'sign.expected': 'The text that WeChat verifies',
  'sign.signed': 'The text that you signed',
  'sign.empty-line': '(empty)',
  'sign.no-end': '(no line feed)',
  'sign.difference':
    'They part at line {line}, byte {column} (byte {byte} of the whole): WeChat has {expected}, you have {signed}.',
  'sign.no-difference': 'The two are the same: so this is not the text that was signed.',
  'sign.ended': 'nothing more',
  'sign.compare': 'Paste the text that your program signs, to compare line by line',
  'sign.expected-digest': 'SHA-256 of the text WeChat verifies',
  'sign.signed-digest': 'SHA-256 in the signature',
  'sign.none': 'The signature is right: it fits the merchant’s key.',
  'sign.no-header':
    'There is no Authorization header. Every request carries one: WECHATPAY2-SHA256-RSA2048 and five items.',
  'sign.wrong-scheme': 'Authorization begins with WECHATPAY2-SHA256-RSA2048 and one space.',
  'sign.malformed-header':
    'Authorization is written wrongly: five items, each name="value", with commas and no spaces between.',
  'sign.missing': 'Authorization lacks, or hides: {names}.',
  'sign.milliseconds': 'timestamp is in milliseconds; it should be seconds: divide by 1000.',
  'sign.clock-ahead': 'The sender’s clock is {by} ahead of WeChat’s; at most 5 minutes are allowed: set it.',
  'sign.clock-behind':
    'The sender’s clock is {by} behind WeChat’s; at most 5 minutes are allowed: set it, and do not keep signatures for later.',
  'sign.unknown-mchid': 'There is no merchant {mchid} here: see “Merchants and keys”.',
  'sign.wrong-serial': 'serial_no is not the serial number of this merchant’s certificate.',
  'sign.serial-of': 'serial_no belongs to merchant {mchid}, not to this one.',
  'sign.serial-of-wechat':
    'serial_no is one of WeChat’s own; what is wanted is that of the merchant’s API certificate.',
  'sign.registered-serial': 'It should be {serial}.',
  'sign.not-base64': 'signature is not Base64: not the URL-safe kind, no line breaks, with the equals signs.',
  'sign.other-key':
    'The signature was not made with this merchant’s private key, or not by RSA PKCS#1 v1.5 (PSS, for instance).',
  'sign.key-of': 'The signature was made with the private key of merchant {mchid}, which is not this mchid.',
  'sign.other-digest': 'The key is right, the digest is not: it should be SHA256withRSA.',
  'sign.other-text': 'Key and algorithm are right; the text that was signed is not.',
  'sign.unknown-text':
    'It is none of the usual mistakes. Compare: five lines, each ended by a line feed, the body byte for byte as sent, timestamp and nonce as in the header.',
  'sign.body-not-kept':
    'The body is too long or not UTF-8: the sandbox did not keep all of it, and cannot compare.',
  'slip.method-lower-case': 'The method is upper-case, e.g. GET.',
  'slip.url-whole': 'Line 2 is path and query only, without scheme and host.',
  'slip.url-without-query': 'Line 2 lacks the query behind the question mark.',
  'slip.url-decoded': 'Line 2 is the encoded address, as it is sent.',
  'slip.url-without-slash': 'Line 2 begins with a slash.',
  'slip.no-method-and-url':
    'The first two lines are missing: that is how answers are verified; a request begins with method and path.',
  'slip.nonce-before-timestamp': 'The timestamp is line 3 and the nonce line 4, not the other way round.',
  'slip.body-left-out': 'Line 5 lacks the body: sign what is sent.',
  'slip.body-null': 'Without a body line 5 is empty, not null.',
  'slip.body-empty-object': 'Without a body line 5 is empty, not {}.',
  'slip.body-spaced':
    'What was signed and what was sent are two texts: the signed one has spaces behind commas and colons. Make the text once, sign it, send it.',
  'slip.body-compact':
    'What was signed and what was sent are two texts: the signed one has no spaces. Make the text once, sign it, send it.',
  'slip.body-indented':
    'What was signed and what was sent are two texts: the signed one is indented. Make the text once, sign it, send it.',
  'slip.body-escaped':
    'What was signed and what was sent are two texts: the signed one escapes Chinese or slashes. Make the text once, sign it, send it.',
  'slip.no-last-line-feed': 'The last line ends with a line feed too, also without a body.',
  'slip.carriage-returns': 'Lines end with \\n, not \\r\\n.',
  'slip.line-feeds-spelt-out': 'A line feed is one byte, 0x0a, not a backslash and an n.',
}
