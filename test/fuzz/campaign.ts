import { Agent, request } from 'node:http'
import type { Stage } from '../support/sandbox-rules/rule.ts'
import { seeded } from './draw.ts'
import { openInsider } from './near-right.ts'
import { badRequest, rightBodies } from './requests.ts'
import type { BadRequest } from './requests.ts'

/** What came of a campaign. */
export interface Campaign {
  /** How often each status was answered; 0: the connection was closed. */
  statuses: Map<number, number>
  /** Each answer that should not have been, with the request. */
  faults: string[]
}

const AT_ONCE = 8
const SHOWN = 300

/** Sends so many bad requests, drawn from the seed, and judges every answer. */
export async function runCampaign(
  stage: Stage,
  { requests, seed }: { requests: number; seed: number },
): Promise<Campaign> {
  const draw = seeded(seed)
  const { merchants } = (await stage.sandbox.control('/merchants')).body
  const kit = { merchants, bodies: rightBodies(stage), insider: await openInsider(stage) }
  const campaign: Campaign = { statuses: new Map(), faults: [] }
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  let left = requests
  const runner = async () => {
    while (left > 0) {
      left -= 1
      const bad = badRequest(draw, kit)
      const answer = await send(stage.sandbox.url, agent, bad)
      campaign.statuses.set(answer.status, (campaign.statuses.get(answer.status) ?? 0) + 1)
      const fault = faultOf(bad, answer)
      if (fault !== null) campaign.faults.push(`${fault}: ${show(bad)} -> ${answer.text.slice(0, SHOWN)}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, runner))
  agent.destroy()
  // After all of it the sandbox still works.
  const after = await stage.prepay()
  if (after.status !== 200)
    campaign.faults.push(`afterwards an order is refused: ${after.text.slice(0, SHOWN)}`)
  return campaign
}

interface Answer {
  status: number
  text: string
}

function send(url: string, agent: Agent, { method, path, headers, body }: BadRequest): Promise<Answer> {
  return new Promise((resolve) => {
    const length = { 'content-length': String(body.length) }
    const call = request(url + path, { method, agent, headers: { ...headers, ...length } }, (res) => {
      const chunks: Buffer[] = []
      const done = () => resolve({ status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString() })
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', done)
      res.on('error', done)
      // A stream of events has no end.
      if (res.headers['content-type']?.startsWith('text/event-stream')) res.destroy()
      res.on('close', done)
    })
    // A body that is too large may be cut off before its answer is read.
    call.on('error', () => resolve({ status: 0, text: '' }))
    call.end(body)
  })
}

/** Null: answered as it should be. */
function faultOf({ isSigned, path }: BadRequest, { status, text }: Answer): string | null {
  if (status >= 500) return `${status}`
  // Only a body without measure may lose its connection; the next request shows whether the sandbox lives.
  if (status < 400 || !isSigned || text === '') return null
  const { code, message } = parse(text)
  const isWeChats = typeof code === 'string' && typeof message === 'string'
  return isWeChats ? null : `${status} at ${path} is not in WeChat's shape`
}

function parse(text: string): { code?: unknown; message?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as object
  } catch {
    return {}
  }
}

const show = ({ method, path, body }: BadRequest) => `${method} ${path} ${body.subarray(0, SHOWN).toString()}`
