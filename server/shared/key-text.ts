import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** What a text turned out to hold. `key` is the certificate's own public key where it is one. */
export type KeyText =
  | { kind: 'private key' | 'public key'; key: KeyObject }
  | { kind: 'certificate'; key: KeyObject; certificate: X509Certificate }
  | { kind: 'encrypted private key' | 'unreadable' }

const unreadable: KeyText = { kind: 'unreadable' }

/**
 * Reads a key or certificate as people have it: PEM, PEM on one line with "\n" written out (as environment variables hold
 * it, escaped once or more), with other line ends or in quotes, the bare base64 of PKCS #8, PKCS #1, SPKI or X.509, or the
 * base64 of a whole PEM file (as CI secrets hold it). Never throws.
 */
export function readKeyText(text: string): KeyText {
  const plain = plainText(text)
  const [, label, body] = /-----BEGIN ([A-Z0-9 ]+)-----([^]*?)-----END \1-----/.exec(plain) ?? []
  if (label === undefined || body === undefined) return readBare(plain)
  if (label.startsWith('ENCRYPTED') || body.includes('ENCRYPTED')) return { kind: 'encrypted private key' }
  const pem = armour(label, body)
  if (label.endsWith('CERTIFICATE')) return readCertificate(pem) ?? unreadable
  if (label.endsWith('PRIVATE KEY')) return attempt('private key', () => createPrivateKey(pem)) ?? unreadable
  return label.endsWith('PUBLIC KEY')
    ? (attempt('public key', () => createPublicKey(pem)) ?? unreadable)
    : unreadable
}

/** Whether a key is RSA of 2048 bits or more, which both channels ask for. */
export const isStrongRsa = (key: KeyObject): boolean =>
  key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048

/**
 * The public exponent of every key that the sandbox makes. Nobody else uses it (65537 is everybody's), so that a sandbox
 * key is known in any file or encoding. The sandbox has the same number in sandbox/world/sandbox-key.ts.
 */
const SANDBOX_EXPONENT = 65_539n

/** Whether a text holds a key or certificate that a sandbox made. */
export function isSandboxKey(text: string): boolean {
  const read = readKeyText(text)
  if (!('key' in read)) return false
  if (read.kind === 'certificate' && read.certificate.issuer.includes('O=Qiaofu Sandbox')) return true
  return read.key.asymmetricKeyDetails?.publicExponent === SANDBOX_EXPONENT
}

/** Without a byte order mark, quotes around it and written-out line ends. */
const plainText = (text: string) =>
  text
    .replaceAll(/\\+[rn]|\r/g, (end) => (end.endsWith('n') ? '\n' : ''))
    .replace(/^\uFEFF/, '')
    .trim()
    .replace(/^(["'])([^]*)\1$/, '$2')
    .trim()

/** A PEM with the line ends that OpenSSL wants, whatever became of them. */
function armour(label: string, body: string): string {
  const lines = body.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** Base64 without its armour: tried as everything that it could be. */
function readBare(text: string): KeyText {
  const base64 = text.replaceAll(/\s/g, '')
  if (!/^[0-9A-Za-z+/]+={0,2}$/.test(base64)) return unreadable
  const decoded = Buffer.from(base64, 'base64').toString('latin1')
  if (decoded.includes('-----BEGIN ')) return readKeyText(decoded)
  const as = (label: string) => armour(label, base64)
  return (
    attempt('private key', () => createPrivateKey(as('PRIVATE KEY'))) ??
    attempt('private key', () => createPrivateKey(as('RSA PRIVATE KEY'))) ??
    readCertificate(as('CERTIFICATE')) ??
    attempt('public key', () => createPublicKey(as('PUBLIC KEY'))) ??
    attempt('public key', () => createPublicKey(as('RSA PUBLIC KEY'))) ??
    (isEncrypted(base64) ? { kind: 'encrypted private key' } : unreadable)
  )
}

/** Starts like PKCS #8 under a password: https://www.rfc-editor.org/rfc/rfc8018#appendix-A.4 */
const isEncrypted = (base64: string) =>
  Buffer.from(base64, 'base64').subarray(0, 32).toString('hex').includes('06092a864886f70d0105')

function attempt(kind: 'private key' | 'public key', parse: () => KeyObject): KeyText | undefined {
  try {
    return { kind, key: parse() }
  } catch {
    return undefined
  }
}

function readCertificate(pem: string): KeyText | undefined {
  try {
    const certificate = new X509Certificate(pem)
    return { kind: 'certificate', key: certificate.publicKey, certificate }
  } catch {
    return undefined
  }
}

/**
 * Says that a text is not what belongs in its place, and what it is instead. `wanted` is e.g. "a private key of RSA 2048
 * (apiclient_key.pem)".
 */
export function keyFault(read: KeyText, wanted: string): string {
  switch (read.kind) {
    case 'encrypted private key':
      return `has a password; remove it (openssl pkey) to get ${wanted}`
    case 'unreadable':
      return `is not ${wanted}`
    default:
      return wanted.startsWith(`a ${read.kind}`) ? `is not ${wanted}` : `is a ${read.kind}, not ${wanted}`
  }
}
