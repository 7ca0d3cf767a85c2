import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { repository } from '../../../scripts/data-folder.ts'
import { openSandbox } from '../../support/sandbox-client.ts'
import { mchid } from '../../support/shop.ts'
import { openSubscriber } from '../../support/subscriber.ts'
import { chanceOf } from '../chance.ts'
import { judge, type Judgement } from '../judge.ts'
import { travel, type Travel } from '../journeys.ts'
import { gather, peopleFor } from '../people.ts'
import { createVirtualTime } from '../virtual-time.ts'
import { heardBy } from '../witnesses.ts'
import { createExecutioner, type Executioner } from './executioner.ts'
import { openFront } from './front.ts'
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
  /** Journeys there were in the end: more than asked for when a failpoint was still waiting for its share. */
  journeys: number
  executioner: Executioner
  startsMs: number[]
  /** Last words of servers that ended although nobody killed them: there should be none. */
  ownDeaths: string[]
  /** What ended journeys before their end: nobody answered, however often they asked. */
  givenUp: string[]
  /** Requests whose server was gone before it had answered, by the network's word for it. */
  lost: ReadonlyMap<string, number>
}

/** The share of messages that the subscriber does not take at first. */
const REFUSED_MESSAGES = 0.1
/** How much faster than the machine's the business time runs: while servers die, until the last order is over, and then. */
const SPEED = 20
const ENDING_SPEED = 60
const WAITING_SPEED = 120
const TICK_MS = 100
const MOST_WAIT_MS = 1_000
/** Two servers hear of a step of the business clock up to a second of the machine's apart, in which it makes ten steps more. */
const CLOCKS_DIFFER_MS = 10 * TICK_MS * WAITING_SPEED
/** Notifications that could not be settled are tried again after up to two minutes of the machine's time. */
const INBOX_WITHIN_MS = 150_000
/** After the last journey: the longest order has expired, its close was tried again, and refunds went their way. */
const AFTER_MS = 75 * 60_000
/** Journeys begin as servers die: those of so many kills ahead, and of one more whenever all have lived for so long. */
const KILLS_AHEAD = 2
const STANDSTILL_MS = 3_000
/** While a failpoint waits for its share people go on shopping, but not for ever. */
const MOST_JOURNEYS = 2

/** Runs one campaign. Throws what any part of it threw. */
export async function runKillCampaign(campaign: KillCampaign): Promise<KillFigures> {
  compileServer(campaign.folder)
  const executioner = createExecutioner(campaign.seed, campaign.kills)
  const { diesAt } = executioner
  const replicas: Replica[] = []
  const front = await openFront(replicas, diesAt)
  const sandbox = await openSandbox({ h5Url: front.url })
  const subscriber = await openSubscriber()
  const chance = chanceOf(campaign.seed, 'subscriber')
  subscriber.answers(
    (response) => void response.writeHead(chance.next() < REFUSED_MESSAGES ? 503 : 204).end(),
  )
  const operatorToken = randomBytes(32).toString('hex')
  const { folder, databaseUrl } = campaign
  try {
    for (const name of ['one', 'two']) {
      const urls = { sandboxUrl: sandbox.url, publicUrl: front.url, subscriberUrl: subscriber.url }
      replicas.push(await startReplica({ name, folder, databaseUrl, ...urls, operatorToken, diesAt }))
    }
    executioner.knows(replicas)
    const place = { url: front.url, sandbox, operatorToken }
    const { journeys, givenUp } = await shopUnderFire(campaign, place, executioner)
    await inboxSettled(databaseUrl)
    const heard = join(folder, 'heard.jsonl')
    writeFileSync(
      heard,
      heardBy(subscriber)
        .map((message) => `${JSON.stringify(message)}\n`)
        .join(''),
    )
    return {
      judgement: await judge(databaseUrl, sandbox.url, mchid, { heard, clocksDifferMs: CLOCKS_DIFFER_MS }),
      journeys,
      givenUp,
      lost: front.lost,
      executioner,
      startsMs: replicas.flatMap((replica) => replica.startsMs),
      ownDeaths: replicas.flatMap((replica) => replica.ownDeaths),
    }
  } finally {
    executioner.end()
    for (const replica of replicas) await replica.close()
    await Promise.all([sandbox.close(), subscriber.close(), front.close()])
  }
}

/** Waits until every stored notification is settled, or for as long as its ladder may take: the checker tells what is left. */
async function inboxSettled(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const endsAt = performance.now() + INBOX_WITHIN_MS
    while (performance.now() < endsAt) {
      const { rows } = await client.query('select from notifications where settled_at is null limit 1')
      if (rows.length === 0) return
      await pause(MOST_WAIT_MS)
    }
  } finally {
    await client.end()
  }
}

/** Runs the server to its complaint about the missing file: what it compiled is kept for the starts that are killed. */
function compileServer(folder: string): void {
  const env = { ...process.env, DATABASE_URL: 'none', NODE_COMPILE_CACHE: join(folder, 'compiled') }
  const args = ['server/main.ts', '--config', join(folder, 'none.json')]
  spawnSync(process.execPath, args, { cwd: repository, env, stdio: 'ignore' })
}

/** Returns how many journeys there were, and why some were given up. */
async function shopUnderFire(
  campaign: KillCampaign,
  place: { url: string; sandbox: Awaited<ReturnType<typeof openSandbox>>; operatorToken: string },
  executioner: Executioner,
): Promise<Pick<KillFigures, 'journeys' | 'givenUp'>> {
  const { sandbox } = place
  const appidOf = (kind: string) => sandbox.merchant(mchid).appids.find((app) => app.kind === kind)!.appid
  const appids = { 'official-account': appidOf('official-account'), 'mini-program': appidOf('mini-program') }
  const shop = { ...place, appids }
  const people = await gather(shop, peopleFor(campaign.journeys))
  // A young order is closed only sometimes, as at WeChat, so that two entries can both be paid.
  const sometimes = { api: 'close', probability: 0.5, seed: campaign.seed }
  await sandbox.control('/rules', { match: sometimes, effect: { refuseEarlyClose: true } })
  const time = createVirtualTime(Date.now())
  await sandbox.control('/clock', { frozen: true })
  const givenUp: string[] = []
  const begin = (index: number) => {
    const chance = chanceOf(campaign.seed, 'journey', index)
    const doors = people[index % people.length]!
    const platformNotifyUrl = `${place.url}/webhooks/wechatpay/${mchid}`
    const silent: Pick<Travel, 'began' | 'returned' | 'meanwhile'> = {
      began: () => undefined,
      returned: () => undefined,
      // Here things happen at the same time by themselves.
      meanwhile: (_orderId, _nth, act) => void act().catch(() => undefined),
    }
    time.live(async () => {
      await time.sleepUntil(time.nowMs() + chance.between(0, 20_000))
      const one = { shop, time, chance, platformNotifyUrl, doors, ...silent }
      await travel(one).catch((error: Error) => void givenUp.push(error.message))
    })
  }
  const pace = paceOf(campaign, executioner)
  executioner.begin()
  let begun = 0
  let endMs = Infinity
  while (time.nowMs() < endMs) {
    for (const wanted = pace(); begun < wanted; begun += 1) begin(begun)
    const isKilling = executioner.owed().size > 0 && begun < campaign.journeys * MOST_JOURNEYS
    const speed = isKilling ? SPEED : endMs === Infinity ? ENDING_SPEED : WAITING_SPEED
    const atMs = time.nowMs() + TICK_MS * speed
    await sandbox.control('/clock', { at: new Date(atMs).toISOString() })
    time.moveTo(atMs)
    await Promise.all([pause(TICK_MS), turnOfServers(place.url)])
    if (endMs === Infinity && !isKilling && time.livingCount() === 0) {
      executioner.end()
      endMs = time.nowMs() + AFTER_MS
    }
  }
  await time.everybodySleeps()
  return { journeys: begun, givenUp }
}

/** Business time waits a while for servers that the machine gives no time to: a request has come through, or may be lost. */
const turnOfServers = (url: string): Promise<unknown> =>
  Promise.race([
    pause(MOST_WAIT_MS),
    fetch(`${url}/livez`)
      .then((answer) => answer.text())
      .catch(() => null),
  ])

/** How many journeys should have begun by now. */
function paceOf({ journeys, kills }: KillCampaign, executioner: Executioner): () => number {
  let ahead = KILLS_AHEAD
  let hurriedAtMs = 0
  return () => {
    if (executioner.owed().size === 0) return journeys
    const nowMs = Date.now()
    if (Math.min(executioner.restedMs(), nowMs - hurriedAtMs) > STANDSTILL_MS) {
      ahead += 1
      hurriedAtMs = nowMs
    }
    return Math.min(((executioner.killCount() + ahead) * journeys) / kills, journeys * MOST_JOURNEYS)
  }
}
