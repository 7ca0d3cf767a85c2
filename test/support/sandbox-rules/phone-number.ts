import type { Reply } from '../sandbox-client.ts'
import { otherMiniProgram, post, tokenOf } from './app.ts'
import { MINUTE_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const codeOf = async (stage: Stage): Promise<string> =>
  (await stage.sandbox.control('/phone-codes', { user: 'alice', appid: stage.miniAppid })).body.code

async function number(stage: Stage, code?: string, token?: string): Promise<Reply> {
  return post(stage, '/wxa/business/getuserphonenumber', { code: code ?? (await codeOf(stage)) }, token)
}

async function aged(stage: Stage, ms: number): Promise<Reply> {
  const code = await codeOf(stage)
  await stage.advance(ms)
  return number(stage, code)
}

const kept = (stage: Stage) => number(stage)

export const PHONE_NUMBER_RULES: Rule[] = [
  {
    id: 'phone-number.unknown-code',
    broken: (stage) => number(stage, 'nobodygavethis'),
    answers: { status: 200, errcode: 40029, errmsg: /^invalid code/ },
    kept,
  },
  {
    id: 'phone-number.code-once',
    async broken(stage) {
      const code = await codeOf(stage)
      await number(stage, code)
      return number(stage, code)
    },
    answers: { errcode: 40029 },
    kept,
  },
  {
    id: 'phone-number.code-five-minutes',
    broken: (stage) => aged(stage, 5 * MINUTE_MS),
    answers: { errcode: 40029 },
    kept: (stage) => aged(stage, 5 * MINUTE_MS - 10_000),
  },
  {
    id: 'phone-number.code-of-login',
    async broken(stage) {
      const login = await stage.sandbox.control('/codes', { user: 'alice', appid: stage.miniAppid })
      return number(stage, login.body.code)
    },
    answers: { errcode: 40029 },
    kept,
  },
  {
    id: 'phone-number.code-of-app',
    broken: async (stage) => number(stage, undefined, await tokenOf(stage, otherMiniProgram(stage))),
    answers: { errcode: 40013, errmsg: /^invalid appid/ },
    kept,
  },
]
