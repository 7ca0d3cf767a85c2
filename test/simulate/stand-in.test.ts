// @vitest-environment node
import { registerHooks } from 'node:module'
import { describe, expect, test, vi } from 'vitest'
import { fakeWechat } from './fake-wechat.ts'
import { source } from './source.ts'

const wechat = fakeWechat()
const { standIn } = await source<{ standIn(): object | null }>('platform/stand-in')

/** Puts the file back that a packed version lacks; it says whom it was asked to play. */
function withSandboxFile(): { [Symbol.dispose](): void } {
  const url = 'file:///packed/platform/develop-sandbox.cjs'
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === './develop-sandbox'
        ? { url, format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
    load: (loaded, context, next) =>
      loaded === url
        ? { format: 'commonjs', source: 'exports.playedBy = (person) => ({ person })', shortCircuit: true }
        : next(loaded, context),
  })
  return { [Symbol.dispose]: () => hooks.deregister() }
}

describe('the switch to the sandbox', () => {
  test('does nothing in a packed version, which lacks the file', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    wechat.storage.set('sandbox', 'alice')
    expect(standIn()).toBe(null)
    expect(warn).toHaveBeenCalledOnce()
    warn.mockRestore()
  })

  test('is off unless it was set on this device', () => {
    using _ = withSandboxFile()
    expect(standIn()).toBe(null)
  })

  test('set in a develop version, lets the sandbox play WeChat', () => {
    using _ = withSandboxFile()
    wechat.storage.set('sandbox', 'alice')
    expect(standIn()).toEqual({ person: 'alice' })
  })

  test.each(['trial', 'release'] as const)(
    'does nothing in a %s version, even when it was set',
    (version) => {
      using _ = withSandboxFile()
      wechat.storage.set('sandbox', 'alice')
      wechat.envVersion = version
      expect(standIn()).toBe(null)
    },
  )
})
