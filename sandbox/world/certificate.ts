import { createPublicKey, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** A minimal X.509 v3 certificate: what WeChat hands out, as far as clients read it (serial, names, validity, key). */
export interface Certificate {
  /** 40 upper-case hexadecimal digits, as WeChat prints serial numbers. */
  serialNo: string
  pem: string
}

const OID_SHA256_RSA = Buffer.from('06092a864886f70d01010b', 'hex')
const OID_COMMON_NAME = Buffer.from('0603550403', 'hex')
const OID_ORGANISATION = Buffer.from('060355040a', 'hex')
const NULL = Buffer.from('0500', 'hex')

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...items: Buffer[]) => der(0x30, ...items)

function name(commonName: string): Buffer {
  const part = (oid: Buffer, text: string) => der(0x31, sequence(oid, der(0x0c, Buffer.from(text, 'utf8'))))
  return sequence(part(OID_ORGANISATION, 'Qiaofu Sandbox'), part(OID_COMMON_NAME, commonName))
}

/** UTCTime: valid until 2049, enough for certificates that live five years. */
function time(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${digits}Z`, 'ascii'))
}

/** Issues a certificate for the public half of `key`, signed with `key` itself. Valid from `fromMs` for five years. */
export function issueCertificate(key: KeyObject, commonName: string, fromMs: number): Certificate {
  const serial = randomBytes(20)
  // Positive and without a leading zero, so that the 40 printed digits are exactly these bytes.
  serial[0] = (serial[0]! & 0x3f) | 0x40
  const algorithm = sequence(OID_SHA256_RSA, NULL)
  const subject = name(commonName)
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    subject,
    sequence(time(fromMs), time(fromMs + 5 * 365 * 86_400_000)),
    subject,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', toBeSigned, key)
  const whole = sequence(toBeSigned, algorithm, der(0x03, Buffer.from([0]), signature))
  const lines = whole
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n')
  return {
    serialNo: serial.toString('hex').toUpperCase(),
    pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  }
}
