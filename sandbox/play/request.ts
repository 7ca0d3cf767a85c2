import { merchantAuthorization } from './merchant-signature.ts'
import { NotAsWritten } from './play.ts'
import type { Play } from './play.ts'
import type { RequestStep } from './scenario.ts'
import { send } from './send.ts'
import type { Reply } from './send.ts'
import { filledIn } from './variables.ts'

/** Sends what a step says, to the sandbox or to the merchant's server, and nowhere else. */
export async function request(play: Play, step: RequestStep): Promise<Reply> {
  const { variables, stage, scenario } = play
  const address = filledIn(step.address, variables)
  const body = filledIn(step.body, variables)
  const own = { ...(step.kind === 'call' && scenario.headers), ...step.headers }
  const set = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== null)
  const headers = filledIn(Object.fromEntries(set), variables)
  const base = step.kind === 'call' ? stage.server : stage.sandbox
  if (base === undefined) throw new NotAsWritten('a call needs the merchant’s server: give it with --server')
  const url = new URL(address, base)
  if (url.origin !== new URL(base).origin) throw new NotAsWritten(`${url.origin} is not ${base}`)
  if (step.kind === 'wechat') headers['authorization'] = signed(play, step, url, body)
  return send(url.href, step.method, headers, body)
}

function signed({ merchants, variables }: Play, step: RequestStep, url: URL, body: unknown): string {
  const mchid = filledIn(step.merchant ?? '${mchid}', variables)
  const merchant = merchants.find((one) => one.mchid === mchid)
  if (!merchant) throw new NotAsWritten(`no merchant ${mchid}: see GET /_sandbox/merchants`)
  const text = body === undefined ? '' : JSON.stringify(body)
  return merchantAuthorization(merchant, step.method, url.pathname + url.search, text)
}
