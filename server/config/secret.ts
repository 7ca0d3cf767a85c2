import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'

/** A secret is never written in the configuration: it is a file beside it, or an environment variable. */
export const secretSchema = z.union(
  [
    z.strictObject({ file: z.string().min(1).meta({ description: 'relative to the configuration file' }) }),
    z.strictObject({ env: z.string().min(1) }),
  ],
  'a secret stands in a file or an environment variable: write {"file": "keys/…"} or {"env": "NAME"}',
)

export type SecretReference = z.infer<typeof secretSchema>

/** Reads a secret, without white space and quotes around it. Throws with the reference's name, never with its value. */
export function readSecret(reference: SecretReference, directory: string): string {
  if ('env' in reference) {
    const value = bare(process.env[reference.env] ?? '')
    if (!value) throw new Error(`environment variable ${reference.env} is not set`)
    return value
  }
  const text = readText(resolve(directory, reference.file))
  if (text === null) throw new Error(`file ${reference.file} cannot be read`)
  if (text === '') throw new Error(`file ${reference.file} is empty`)
  return text
}

/** Whether other users of this machine may read the file of a secret. */
export function isExposed(reference: SecretReference, directory: string): boolean {
  if ('env' in reference || process.platform === 'win32') return false
  const stats = statSync(resolve(directory, reference.file), { throwIfNoEntry: false })
  return stats !== undefined && (stats.mode & 0o077) !== 0
}

/** Shells and env files leave quotes around a value; no secret of ours has any. */
const bare = (text: string) =>
  text
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim()

function readText(path: string): string | null {
  try {
    return bare(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
