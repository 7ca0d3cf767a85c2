import { createSign, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto'

/** How long each of a step's calls took, and how long all of them together. */
export type Timing = { eachMs: number[]; allMs: number }

/** The value that this share of all values does not exceed. */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

/** Runs one call for each item, so many at a time, and times them. */
export async function inParallel<Item>(
  items: Item[],
  atOnce: number,
  call: (item: Item) => Promise<void>,
): Promise<Timing> {
  const waiting = items.values()
  const eachMs: number[] = []
  const startedAt = performance.now()
  const runner = async () => {
    for (const item of waiting) {
      const calledAt = performance.now()
      await call(item)
      eachMs.push(performance.now() - calledAt)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runner))
  return { eachMs, allMs: performance.now() - startedAt }
}

/**
 * CPU microseconds of what a paid order cannot do without: signing the prepay request and the cashier's parameters,
 * verifying the prepay answer and the notification. RSA-2048 with SHA-256, keys parsed once, messages of usual length.
 */
export function bareSignatureCost(rounds = 300): number {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const message = randomBytes(700)
  const sign = () => createSign('RSA-SHA256').update(message).sign(privateKey)
  const signature = sign()
  const verify = () => createVerify('RSA-SHA256').update(message).verify(publicKey, signature)
  const once = () => [sign(), sign(), verify(), verify()]
  for (let round = 0; round < 30; round += 1) once()
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1) once()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / rounds
}
