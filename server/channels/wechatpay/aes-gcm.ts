import { createDecipheriv } from 'node:crypto'
import { decodeBase64 } from './base64.ts'

/** What WeChat Pay encrypts with the APIv3 key: notifications and platform certificates. */
export interface SealedResource {
  /** Base64 of the cipher text followed by its tag. */
  ciphertext: string
  /** 12 characters, used as they are. */
  nonce: string
  /** Additional authenticated text (associated_data). */
  aad: string
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * AEAD_AES_256_GCM. Null unless key, nonce, associated data and every bit of the cipher text fit together.
 * Node takes tags as short as 4 bytes unless told the length, and hands out text before it has checked the tag.
 */
export const openSealed = (apiV3Key: Buffer, { ciphertext, nonce, aad }: SealedResource): string | null => {
  const sealed = decodeBase64(ciphertext)
  const iv = Buffer.from(nonce, 'utf8')
  if (sealed === null || sealed.length <= TAG_BYTES || iv.length !== NONCE_BYTES) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', apiV3Key, iv, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(aad, 'utf8'))
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    const text = [decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]
    return Buffer.concat(text).toString('utf8')
  } catch {
    return null
  }
}
