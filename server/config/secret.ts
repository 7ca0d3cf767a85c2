import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'

/** A secret is never written in the configuration: it is a file beside it, or an environment variable. */
export const secretSchema = z.union([
  z.strictObject({ file: z.string().min(1).meta({ description: 'relative to the configuration file' }) }),
  z.strictObject({ env: z.string().min(1) }),
])

export type SecretReference = z.infer<typeof secretSchema>

/** Reads a secret. Throws with the reference's name, never with its value. */
export function readSecret(reference: SecretReference, directory: string): string {
  if ('env' in reference) {
    const value = process.env[reference.env]
    if (!value) throw new Error(`environment variable ${reference.env} is not set`)
    return value
  }
  const text = readText(resolve(directory, reference.file))
  if (text === null) throw new Error(`file ${reference.file} cannot be read`)
  if (text === '') throw new Error(`file ${reference.file} is empty`)
  return text
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}
