import { createHash } from 'node:crypto'
import type { Person } from '../world/people.ts'

/** A person's account at Alipay: 2088 and twelve digits, the same for every merchant. */
export function buyerIdOf(person: Person): string {
  const bytes = createHash('sha256').update(`alipay ${person.seed}`).digest()
  return `2088${(bytes.readUIntBE(0, 6) % 1_000_000_000_000).toString().padStart(12, '0')}`
}

/** The login name as merchants see it. */
export const buyerLogonIdOf = (person: Person): string => `${person.id.slice(0, 3)}***@sandbox.test`
