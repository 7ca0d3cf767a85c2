import { setTimeout as pause } from 'node:timers/promises'
import { mismatch } from './expectation.ts'
import { judge } from './judge.ts'
import type { MerchantKeys } from './merchant-signature.ts'
import { NotAsWritten } from './play.ts'
import type { Play, Stage } from './play.ts'
import { ScenarioFault } from './read-scenario.ts'
import { request } from './request.ts'
import type { Answer, RequestStep, Scenario, Step } from './scenario.ts'
import { shortly } from './send.ts'
import type { Reply } from './send.ts'
import { advance, until } from './until.ts'
import { filledIn, UnknownVariable, valueAt } from './variables.ts'
import type { Variables } from './variables.ts'

/**
 * Plays the steps one after another, beginning and ending in calm weather. Throws ScenarioFault with file and line of the
 * step that did not go as written.
 */
export async function playScenario(scenario: Scenario, stage: Stage): Promise<void> {
  const calm = () => fetch(`${stage.sandbox}/_sandbox/rules`, { method: 'DELETE' })
  const answer = await fetch(`${stage.sandbox}/_sandbox/merchants`)
  const { merchants } = (await answer.json()) as { merchants: MerchantKeys[] }
  const known = builtIn(stage, merchants)
  const variables = { ...known, ...filledIn(scenario.variables, known) }
  await calm()
  try {
    await playSteps({ stage, scenario, merchants, variables }, scenario.steps)
  } finally {
    await calm()
  }
}

function builtIn({ sandbox, server, token }: Stage, merchants: MerchantKeys[]): Variables {
  const [first] = merchants
  const appidOf = (kind: string) => first?.appids.find((app) => app.kind === kind)?.appid
  const known = { sandbox, server, token, mchid: first?.mchid }
  const apps = { officialAppid: appidOf('official-account'), miniAppid: appidOf('mini-program') }
  return { ...known, ...apps }
}

async function playSteps(play: Play, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await playStep(play, step)
}

async function playStep(play: Play, step: Step): Promise<void> {
  try {
    switch (step.kind) {
      case 'advance':
        await advance(play, step.ms)
        return await settled()
      case 'together':
        return void (await Promise.all(step.steps.map((one) => playStep(play, one))))
      case 'include':
        return await playIncluded(play, step.file, step.with)
      case 'verdict':
        return await judge(play, step)
      default:
        return await ask(play, step)
    }
  } catch (error) {
    if (error instanceof ScenarioFault) throw error
    const { message, cause } = error as Error & { cause?: { code?: string } }
    const isPlain = error instanceof UnknownVariable || error instanceof NotAsWritten
    const why = isPlain ? message : [message, cause?.code].filter(Boolean).join(' ')
    throw new ScenarioFault(`${play.scenario.path}:${step.line}: ${why}`)
  }
}

/** A server that follows the sandbox's clock looks at it four times a second: what comes next is to meet it there. */
const settled = () => pause(600)

/** What an included file saves is known afterwards. */
async function playIncluded(play: Play, file: Scenario, given: Variables): Promise<void> {
  Object.assign(play.variables, filledIn({ ...file.variables, ...given }, play.variables))
  await playSteps(
    { ...play, scenario: { ...file, headers: { ...play.scenario.headers, ...file.headers } } },
    file.steps,
  )
}

/** Asks, again and again where the step says `until`, and saves what it is told to. */
async function ask(play: Play, step: RequestStep): Promise<void> {
  const wanted = filledIn(step.until ?? step.expect ?? {}, play.variables)
  const check = (reply: Reply) => answerMismatch(wanted, reply)
  const reply = await until(play, step, () => request(play, step), check)
  if (step.kind === 'sandbox' && step.address === '/_sandbox/clock' && step.method === 'POST') await settled()
  for (const [name, path] of Object.entries(step.save ?? {})) play.variables[name] = saved(path, reply)
}

function answerMismatch(expected: Answer, reply: Reply): string | null {
  const { status, headers, body } = expected
  const isError = status === undefined && reply.status >= 400
  if (isError) return `answered ${reply.status} ${shortly(reply)}`
  const statusFault = status === undefined ? null : mismatch(status, reply.status, 'status')
  if (statusFault !== null) return `${statusFault} ${shortly(reply)}`
  return (
    (headers === undefined ? null : mismatch(headers, reply.headers, 'headers')) ??
    (body === undefined ? null : mismatch(body, reply.body, 'body'))
  )
}

/** `body.id`, or `headers.location /state=([^&]+)/` for a part of a text. */
function saved(path: string, reply: Reply): unknown {
  const [names = '', pattern] = path.split(/ (?=\/)/)
  const value = valueAt(reply, names.split('.'))
  if (value === undefined) throw new NotAsWritten(`nothing to save at ${names} ${shortly(reply)}`)
  if (pattern === undefined) return value
  const part = new RegExp(pattern.slice(1, -1)).exec(String(value))?.[1]
  if (part === undefined) throw new NotAsWritten(`${pattern} finds nothing in ${names}`)
  return part
}
