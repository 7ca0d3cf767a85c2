import type * as DevelopSandbox from './develop-sandbox'
import { envVersion } from './environment'
import { recall } from './storage'

/** Storage key of the local switch: the id of a sandbox person, e.g. "alice". */
const switchKey = 'sandbox'

/**
 * What plays WeChat in DevTools when there is no merchant account, or null: then WeChat itself is asked.
 * develop-sandbox.ts is left out of every packed version (project.config.json, packOptions.ignore), so it is
 * required only here, only in a develop version, only with the switch set; see docs/devtools.md.
 */
export function standIn(): DevelopSandbox.StandIn | null {
  if (envVersion() !== 'develop') return null
  const person = recall<string>(switchKey)
  if (!person) return null
  try {
    const sandbox: typeof DevelopSandbox = require('./develop-sandbox')
    return sandbox.playedBy(person)
  } catch (reason) {
    console.warn('This version was packed without the sandbox, WeChat is asked instead.', reason)
    return null
  }
}
