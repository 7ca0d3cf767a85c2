import http from 'node:http'
import { callName, forward, listenOnLoopback, readPassing, reply, type Passing } from '../chaos/wire.ts'
import type { Call, Fare } from './model.ts'

/** The line between our server and WeChat, in a test's hand: it fails calls on purpose and keeps every notification. */
export interface Line {
  /** Where the server finds WeChat Pay, and WeChat the server. */
  wechatUrl: string
  serverUrl: string
  /** Asked for every call, as it passes. */
  fareOf: (call: Call) => Fare
  /** The next such call ends the server: before WeChat hears of it, or when its answer is on its way. Null: none does. */
  deadly: { call: Call; moment: 'before' | 'after' } | null
  /** Notifications that WeChat has sent, the newest copy of each. Nothing of them has arrived. */
  letters: Map<string, Letter>
  /** One more copy reaches the server. Resolves with the status that it answers. */
  deliver(letter: Letter): Promise<number>
  close(): Promise<void>
}

export interface Letter {
  /** The out_trade_no it is about. */
  about: string
  passing: Passing
}

export interface LineOptions {
  wechat: string
  server: string
  /** Ends the server; its memory is gone, its rows stay. */
  kill: () => Promise<void>
  /** Reads a notification: its id, and the out_trade_no. */
  read: (passing: Passing) => { id: string; about: string }
}

/** Opens the line on two free ports of the loopback address. Fair, and nothing deadly. */
export async function openLine(options: LineOptions): Promise<Line> {
  const agent = new http.Agent({ keepAlive: true })
  const dies = async (call: Call, moment: 'before' | 'after') => {
    if (line.deadly?.call !== call || line.deadly.moment !== moment) return false
    line.deadly = null
    await options.kill()
    return true
  }
  const carry = async (passing: Passing, res: http.ServerResponse) => {
    const call = callName(passing.method, passing.path) as Call
    if (line.fareOf(call) === 'unheard' || (await dies(call, 'before'))) return void res.destroy()
    const answer = await forward(agent, options.wechat, passing)
    if (line.fareOf(call) === 'unanswered' || (await dies(call, 'after'))) return void res.destroy()
    reply(res, answer)
  }
  const outward = await listenOnLoopback((req, res) => {
    void readPassing('to-wechat', req)
      .then((passing) => carry(passing, res))
      .catch(() => res.destroy())
    // Off a kept connection a server that is dead would say its last word again.
  }, 'one-a-message')
  // WeChat hears nothing and will try again: its ladder is part of the game.
  const inward = await listenOnLoopback((req, res) => {
    void readPassing('to-server', req)
      .then((passing) => {
        const { id, about } = options.read(passing)
        line.letters.set(id, { about, passing })
      })
      .finally(() => res.destroy())
  })
  const line: Line = {
    wechatUrl: outward.url,
    serverUrl: inward.url,
    fareOf: () => 'fair',
    deadly: null,
    letters: new Map(),
    deliver: async ({ passing }) => (await forward(agent, options.server, passing)).status,
    async close() {
      agent.destroy()
      await Promise.all([outward.close(), inward.close()])
    },
  }
  return line
}
