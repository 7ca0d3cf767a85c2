import { vi } from 'vitest'

/**
 * Asks again and again until the expectation holds, and ends with what it lacked. Vitest's own patience is a second of the
 * machine's time, which a busy one is away for now and then; nothing here waits longer than it must.
 */
export const eventually = <T>(expectation: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(expectation, { timeout: 60_000 })
