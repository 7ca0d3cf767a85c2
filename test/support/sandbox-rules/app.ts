import type { Reply } from '../sandbox-client.ts'
import { MCHID } from './rule.ts'
import type { Stage } from './rule.ts'

/** The demo merchant's app of that kind. */
export const appOf = (stage: Stage, kind: string) =>
  stage.sandbox.merchant(MCHID).appids.find((one) => one.kind === kind)!

/** A mini-program of another merchant. */
export const otherMiniProgram = (stage: Stage) => stage.sandbox.merchant('1900000002').appids[0]!

/** A stable access_token of an app. */
export async function tokenOf(stage: Stage, app = appOf(stage, 'mini-program')): Promise<string> {
  const credentials = { grant_type: 'client_credential', appid: app.appid, secret: app.appsecret }
  return (await stage.sandbox.post('/cgi-bin/stable_token', credentials)).body.access_token
}

/** Posts to an address that takes an access_token, as the demo merchant's mini-program unless told otherwise. */
export async function post(stage: Stage, path: string, body: unknown, token?: string): Promise<Reply> {
  return stage.sandbox.post(`${path}?access_token=${token ?? (await tokenOf(stage))}`, body)
}

/** Asks while an app is set otherwise, and sets it back. */
export async function whileSet(
  stage: Stage,
  changes: Record<string, unknown>,
  ask: () => Promise<Reply>,
  appid = stage.miniAppid,
): Promise<Reply> {
  const { apps } = (await stage.sandbox.control('/apps')).body as { apps: Record<string, unknown>[] }
  const before = apps.find((app) => app['appid'] === appid)!
  await stage.sandbox.control(`/apps/${appid}`, changes)
  const reply = await ask()
  const kept = Object.fromEntries(Object.keys(changes).map((name) => [name, before[name]]))
  await stage.sandbox.control(`/apps/${appid}`, kept)
  return reply
}
