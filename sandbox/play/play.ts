import type { MerchantKeys } from './merchant-signature.ts'
import type { Scenario } from './scenario.ts'
import type { Variables } from './variables.ts'

/** Where a scenario is played. */
export interface Stage {
  /** Without a slash at the end. */
  sandbox: string
  /** The merchant's server; undefined: a `call` and a verdict are faults. */
  server?: string | undefined
  /** An operator's, for reading the books. */
  token?: string | undefined
}

/** A scenario while it is being played. */
export interface Play {
  stage: Stage
  scenario: Scenario
  merchants: MerchantKeys[]
  variables: Variables
}

/** What a step expected did not happen. */
export class NotAsWritten extends Error {}
