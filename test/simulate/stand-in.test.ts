// @vitest-environment node
import { registerHooks } from 'node:module'
import { describe, expect, test, vi } from 'vitest'
import { fakeWechat } from './fake-wechat.ts'
import { source } from './source.ts'

const wechat = fakeWechat()
const { standIn } = await source<{ standIn(): object | null }>('platform/stand-in')

/** DevTools resolves the required file as JavaScript; Node has to be told that it is TypeScript. */
function withExtensions(): { [Symbol.dispose](): void } {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(/^\.\.?\/[^.]+$/.test(specifier) ? `${specifier}.ts` : specifier, context),
  })
  return { [Symbol.dispose]: () => hooks.deregister() }
}

describe('the switch to the sandbox', () => {
  // First of all: once required, Node remembers the file.
  test('does nothing in a packed version, which lacks the file', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    wechat.storage.set('sandbox', 'alice')
    expect(standIn()).toBe(null)
    expect(warn).toHaveBeenCalledOnce()
    warn.mockRestore()
  })

  test('is off unless it was set on this device', () => {
    using _ = withExtensions()
    expect(standIn()).toBe(null)
  })

  test('set in a develop version, lets the sandbox play WeChat', () => {
    using _ = withExtensions()
    wechat.storage.set('sandbox', 'alice')
    expect(standIn()).toMatchObject({ login: expect.any(Function), requestPayment: expect.any(Function) })
  })

  test.each(['trial', 'release'] as const)(
    'does nothing in a %s version, even when it was set',
    (version) => {
      using _ = withExtensions()
      wechat.storage.set('sandbox', 'alice')
      wechat.envVersion = version
      expect(standIn()).toBe(null)
    },
  )
})
