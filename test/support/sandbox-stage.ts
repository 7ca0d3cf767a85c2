import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { SandboxOptions } from '../../sandbox/sandbox.ts'
import { openStage, type Stage } from './sandbox-rules/rule.ts'

/** What a file of tests about the sandbox stands on: one sandbox with a merchant's notify address, new before each test. */
export type SandboxStage = Stage

/** Sets the stage for a whole file; called once, at its top. */
export function sandboxStage(options?: Partial<SandboxOptions>): SandboxStage {
  const stage = {} as SandboxStage
  beforeAll(async () => {
    Object.assign(stage, await openStage(options))
  })
  beforeEach(async () => {
    await stage.sandbox.control('/reset', {})
    stage.receiver.answerWith(204)
    stage.receiver.received.length = 0
  })
  afterAll(() => stage.close?.())
  return stage
}
