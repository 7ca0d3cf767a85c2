import { sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** Node reads certificates but makes none, and no test may need openssl: the few lines of DER for a self-signed one. */
const der = (tag: number, ...contents: Buffer[]): Buffer => {
  const content = Buffer.concat(contents)
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const length = Buffer.from(content.length.toString(16).padStart(4, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x82]), length, content])
}

const sha256WithRsa = der(0x30, Buffer.from('06092a864886f70d01010b0500', 'hex'))
const name = der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('Test')))))
const validity = der(0x30, der(0x17, Buffer.from('250101000000Z')), der(0x17, Buffer.from('450101000000Z')))

/** For https on the loopback: subjectAltName 127.0.0.1. */
const loopback = der(0x04, der(0x30, der(0x87, Buffer.from([127, 0, 0, 1]))))
const extensions = der(0xa3, der(0x30, der(0x30, Buffer.from('0603551d11', 'hex'), loopback)))

/** PEM of a certificate over `publicKey`. `serialNo` is hexadecimal and must not begin with a digit above 7. */
export const certificatePem = (
  serialNo: string,
  keys: { publicKey: KeyObject; privateKey: KeyObject },
): string => {
  const serial = der(0x02, Buffer.from(serialNo, 'hex'))
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' })
  const version = der(0xa0, der(0x02, Buffer.from([2])))
  const body = der(0x30, version, serial, sha256WithRsa, name, validity, name, spki, extensions)
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, keys.privateKey))
  const lines =
    der(0x30, body, sha256WithRsa, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
