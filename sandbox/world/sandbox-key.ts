import { generateKeyPair } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

const generate = promisify(generateKeyPair)

/**
 * The public exponent of every RSA key that the sandbox makes; everybody else uses 65537. A server for real money knows
 * such a key in any file or encoding, and refuses it. Any RSA library takes it: a prime, like 65537.
 */
const SANDBOX_EXPONENT = 65_539

/** A fresh RSA key of 2048 bits that says of itself that a sandbox made it. */
export const makeSandboxKey = async (): Promise<KeyObject> =>
  (await generate('rsa', { modulusLength: 2048, publicExponent: SANDBOX_EXPONENT })).privateKey
