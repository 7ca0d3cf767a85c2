import { randomBytes } from 'node:crypto'
import http from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { openSandbox } from '../../support/sandbox-client.ts'
import { mchid } from '../../support/shop.ts'
import { chanceOf } from '../chance.ts'
import { judge, type Judgement } from '../judge.ts'
import { travel } from '../journeys.ts'
import { gather } from '../people.ts'
import { createVirtualTime } from '../virtual-time.ts'
import { forward, listenOnLoopback, readPassing, reply } from '../wire.ts'
import { createExecutioner, type Executioner } from './executioner.ts'
import { startReplica, type Replica } from './replica.ts'

/** Two servers on one PostgreSQL, killed so often while so many journeys go on. */
export interface KillCampaign {
  seed: number
  journeys: number
  kills: number
  folder: string
  databaseUrl: string
}

/** What came of it. */
export interface KillFigures {
  judgement: Judgement
  /** How often each failpoint was fatal. */
  killed: ReadonlyMap<string, number>
  /** How often the lines to PostgreSQL were cut. */
  cuts: number
}

const PEOPLE = 24
/** Business time runs so much faster than the machine's while people shop, and afterwards, when there is only waiting. */
const SPEED = 20
const WAITING_SPEED = 120
const TICK_MS = 100
/** Machine time that a kill and the start after it take on two cores. */
const KILL_EVERY_MS = 1_500
const AFTER_MS = 75 * 60_000

/** Runs one campaign. Throws what any part of it threw. */
export async function runKillCampaign(campaign: KillCampaign): Promise<KillFigures> {
  const executioner = createExecutioner(campaign.seed, campaign.kills)
  const agent = new http.Agent({ keepAlive: true })
  const replicas: Replica[] = []
  const front = await listenOnLoopback((req, res) => {
    void pass(req, res).catch(() => res.destroy())
  })
  let turn = 0
  const pass = async (req: http.IncomingMessage, res: http.ServerResponse) => {
    const passing = await readPassing('to-server', req)
    turn += 1
    const up = replicas.filter((replica) => replica.isUp())
    const replica = up[turn % up.length]
    if (!replica) return void res.writeHead(503).end()
    const isNotification = passing.path.startsWith('/webhooks/')
    const answering = forward(agent, replica.url, passing).catch(() => null)
    if (isNotification && executioner.diesAt(replica, 'notification: the server has read it'))
      return res.destroy()
    const answer = await answering
    if (!answer) return void res.writeHead(502).end()
    if (isNotification && executioner.diesAt(replica, 'notification: answered, WeChat has not heard'))
      return void res.destroy()
    reply(res, answer)
  }
  const sandbox = await openSandbox({ h5Url: front.url })
  const operatorToken = randomBytes(32).toString('hex')
  try {
    for (const name of ['one', 'two'])
      replicas.push(
        await startReplica({
          name,
          folder: campaign.folder,
          databaseUrl: campaign.databaseUrl,
          sandboxUrl: sandbox.url,
          publicUrl: front.url,
          operatorToken,
          diesAt: executioner.diesAt,
        }),
      )
    executioner.knows(replicas)
    await shopUnderFire(campaign, { url: front.url, sandbox, operatorToken }, executioner)
    const judgement = await judge(campaign.databaseUrl, sandbox.url, mchid)
    return { judgement, killed: executioner.killed, cuts: executioner.cuts() }
  } finally {
    for (const replica of replicas) await replica.close()
    agent.destroy()
    await sandbox.close()
    await front.close()
  }
}

async function shopUnderFire(
  campaign: KillCampaign,
  place: { url: string; sandbox: Awaited<ReturnType<typeof openSandbox>>; operatorToken: string },
  executioner: Executioner,
): Promise<void> {
  const appidOf = (kind: string) =>
    place.sandbox.merchant(mchid).appids.find((app) => app.kind === kind)!.appid
  const appids = { 'official-account': appidOf('official-account'), 'mini-program': appidOf('mini-program') }
  const shop = { ...place, appids }
  const people = await gather(shop, PEOPLE)
  const startMs = Date.now()
  const time = createVirtualTime(startMs)
  await place.sandbox.control('/clock', { frozen: true })
  const startWithinMs = campaign.kills * KILL_EVERY_MS * SPEED
  for (let index = 0; index < campaign.journeys; index += 1) {
    const chance = chanceOf(campaign.seed, 'journey', index)
    time.live(async () => {
      await time.sleepUntil(startMs + chance.between(0, startWithinMs))
      await travel({
        shop,
        time,
        chance,
        platformNotifyUrl: `${place.url}/webhooks/wechatpay/${mchid}`,
        doors: people[index % people.length]!,
        began: () => undefined,
        returned: () => undefined,
      })
    })
  }
  executioner.begin()
  let endMs = Infinity
  while (time.nowMs() < endMs) {
    const isOver = endMs < Infinity
    const atMs = time.nowMs() + TICK_MS * (isOver ? WAITING_SPEED : SPEED)
    await place.sandbox.control('/clock', { at: new Date(atMs).toISOString() })
    time.moveTo(atMs)
    await pause(TICK_MS)
    if (!isOver && time.livingCount() === 0) {
      executioner.end()
      endMs = time.nowMs() + AFTER_MS
    }
  }
  await time.everybodySleeps()
}
