import { describe, expect, test, vi } from 'vitest'
import type { Problem } from '../../contract/problem.ts'
import { RequestFailed } from '../../h5/api/failure.ts'
import { enter, readArrival } from '../../h5/enter/enter.ts'
import type { EnterDeps } from '../../h5/enter/enter.ts'
import { eventually } from '../support/eventually.ts'

const me = {
  displayName: '用户 7KQ2M9',
  entry: { code: '02', kind: 'mini-program' as const },
  joined: false,
  isShared: false,
  isJoinedBrowser: false,
}
const arrival = { code: '02', ticket: 'TICKET', to: '/orders' }

function refused(status: number): RequestFailed {
  const problem: Problem = { type: '/problems/x', title: 'x', status, detail: '请重新进入。', requestId: 'r' }
  return new RequestFailed({ kind: 'problem', problem })
}

function world(changes: Partial<EnterDeps> = {}): EnterDeps {
  return {
    spendTicket: vi.fn<EnterDeps['spendTicket']>(async () => me),
    getMe: vi.fn<EnterDeps['getMe']>(async () => Promise.reject(refused(401))),
    remember: vi.fn<EnterDeps['remember']>(),
    go: vi.fn<EnterDeps['go']>(),
    isHeldByMiniProgram: vi.fn<EnterDeps['isHeldByMiniProgram']>(async () => true),
    reopen: vi.fn<EnterDeps['reopen']>(() => new Promise<never>(() => {})),
    guard: { take: vi.fn<() => boolean>(() => true), reset: vi.fn<() => void>() },
    ...changes,
  }
}

describe('the address of /enter', () => {
  test('carries entry, ticket and path behind the #', () => {
    expect(readArrival('#e=02&t=abc-_123&to=%2Forders%3Fstate%3Dpaid', null)).toEqual({
      code: '02',
      ticket: 'abc-_123',
      to: '/orders?state=paid',
    })
  })

  test('sends nobody to another site', () => {
    expect(readArrival('#e=02&t=abc&to=%2F%2Fevil.example', null).to).toBe('/')
  })

  test('takes no entry that is not two digits', () => {
    expect(readArrival('#e=..%2F01&t=abc', null).code).toBeNull()
  })

  test('is remembered over a reload, but for the ticket', () => {
    const kept = { code: '02', to: '/orders', ticket: 'abc' }
    expect(readArrival('', kept)).toEqual({ code: '02', ticket: null, to: '/orders' })
  })
})

describe('entering', () => {
  test('spends the ticket, remembers the entry and goes to the path', async () => {
    const deps = world()
    expect(await enter(arrival, deps)).toBe('gone')
    expect(deps.spendTicket).toHaveBeenCalledWith('02', 'TICKET')
    expect(deps.remember).toHaveBeenCalledWith(me.entry)
    expect(deps.go).toHaveBeenCalledExactlyOnceWith('/orders')
    expect(deps.guard.reset).toHaveBeenCalled()
  })

  test('goes on with a spent ticket when the session of that entry lives', async () => {
    const deps = world({
      spendTicket: () => Promise.reject(refused(401)),
      getMe: vi.fn<EnterDeps['getMe']>(async () => me),
    })
    expect(await enter(arrival, deps)).toBe('gone')
    expect(deps.getMe).toHaveBeenCalledWith('02')
    expect(deps.go).toHaveBeenCalledExactlyOnceWith('/orders')
    expect(deps.reopen).not.toHaveBeenCalled()
  })

  test('asks the native side for a fresh ticket when the session is gone too', async () => {
    const deps = world({ spendTicket: () => Promise.reject(refused(401)) })
    void enter(arrival, deps)
    await eventually(() => expect(deps.reopen).toHaveBeenCalledExactlyOnceWith('/orders'))
    expect(deps.go).not.toHaveBeenCalled()
  })

  test('stops asking when the attempts are used up', async () => {
    const deps = world({
      spendTicket: () => Promise.reject(refused(401)),
      guard: { take: () => false, reset: vi.fn<() => void>() },
    })
    expect(await enter(arrival, deps)).toBe('stuck')
    expect(deps.reopen).not.toHaveBeenCalled()
  })

  test('is stuck when the native side refuses', async () => {
    const deps = world({
      spendTicket: () => Promise.reject(refused(401)),
      reopen: () => Promise.reject(new Error('refused')),
    })
    expect(await enter(arrival, deps)).toBe('stuck')
  })

  test.each([
    new RequestFailed({ kind: 'offline' }),
    new RequestFailed({ kind: 'timeout' }),
    refused(503),
    refused(429),
  ])(
    // prettier-ignore
    'keeps the ticket for another try while nothing is certain, whosever session there is: %s',
    async (error) => {
      const deps = world({
        spendTicket: vi.fn<EnterDeps['spendTicket']>(async () => Promise.reject(error)),
        getMe: async () => me,
      })
      expect(await enter(arrival, deps)).toBe('stuck')
      expect(deps.spendTicket).toHaveBeenCalledTimes(2)
      expect(deps.reopen).not.toHaveBeenCalled()
      expect(deps.go).not.toHaveBeenCalled()
    },
  )

  test('finds the session when only the answer to the ticket was lost', async () => {
    const spendTicket = vi
      .fn<EnterDeps['spendTicket']>()
      .mockRejectedValueOnce(new RequestFailed({ kind: 'timeout' }))
      .mockRejectedValueOnce(refused(401))
    const deps = world({ spendTicket, getMe: async () => me })
    expect(await enter(arrival, deps)).toBe('gone')
  })

  test('outside the mini-program spends no ticket, remembers nothing, and lets the visitor look around', async () => {
    const deps = world({ isHeldByMiniProgram: async () => false, getMe: async () => me })
    expect(await enter(arrival, deps)).toBe('gone')
    expect(deps.spendTicket).not.toHaveBeenCalled()
    expect(deps.go).toHaveBeenCalledExactlyOnceWith('/orders')
    expect(deps.remember).not.toHaveBeenCalled()
  })
})
