import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { SandboxOptions } from '../../sandbox/sandbox.ts'
import { openStage, type Stage } from './sandbox-rules/rule.ts'

/** What a file of tests about the sandbox stands on: one sandbox with a merchant's notify address, new before each test. */
export interface SandboxStage extends Stage {
  /** What somebody has in the purse, in fen. */
  balanceOf(user?: string): Promise<number>
}

/** Sets the stage for a whole file; called once, at its top. */
export function sandboxStage(options?: Partial<SandboxOptions>): SandboxStage {
  const stage = {
    async balanceOf(user = 'alice') {
      const { users } = (await stage.sandbox.control('/users')).body
      return users.find(({ id }: { id: string }) => id === user).balanceFen
    },
  } as SandboxStage
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
