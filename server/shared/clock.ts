/**
 * Business time: expiries, query ladders, due refunds. In production the system's clock; in the demonstration the
 * sandbox's, so that a laptop can live through three hours in a second. Signatures never use it: they take machine time.
 */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
