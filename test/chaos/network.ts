import http from 'node:http'
import { chanceOf, type Chance } from './chance.ts'
import { drawCallFate, drawNotifyFate, type CallFate, type Weather } from './fate.ts'
import { note, type Tally } from './faults.ts'
import { readAbout, type About } from './message-numbers.ts'
import { countRequests } from './requests-under-way.ts'
import { forged, probe, spoil } from './spoil.ts'
import { createWaitingRoom } from './waiting-room.ts'
import { callName, forward, listenOnLoopback, readPassing, reply } from './wire.ts'
import type { Answer, CallName, Passing } from './wire.ts'

/** Everything between our server and WeChat, in both directions, and what it does to messages. */
export interface Network {
  /** Where the server finds WeChat Pay. */
  wechatUrl: string
  /** Where WeChat finds the server. */
  serverUrl: string
  /** From now on. */
  setWeather(weather: Weather): void
  /** Does that just before the nth call that this journey makes from now on. */
  meanwhile(journey: number, nth: number, act: () => Promise<void>): void
  /**
   * Delivers the notifications that came in and what is late, until nothing is under way. Call it when everybody sleeps:
   * a journey's messages never race, so a seed brings the same history again.
   */
  deliver(nowMs: number): Promise<void>
  /** Business time of the next late message; null: none waits. */
  nextLateMs(): number | null
  close(): Promise<void>
}

export interface NetworkOptions {
  seed: number
  weather: Weather
  wechat: string
  server: string
  apiV3Key: string
  nowMs: () => number
  /** The journey of an order; undefined: nobody's. */
  journeyOf: (orderId: string) => number | undefined
  /** Makes WeChat itself do that at the next such call about this number. */
  strike: (api: CallName, outTradeNo: string, effect: object) => Promise<unknown>
  tally: Tally
}

/** Parts of business time that a late message takes. Machine time is short: its signature stays good for five minutes. */
const LATE_MS = [20_000, 90_000, 400_000] as const

/** A message with all that decides its fate. */
interface Met extends Passing {
  about: About
  journey: number | null
  chance: Chance
  /** Its place among the messages of its journey in this direction, from 1. */
  turn: number
}

/** Opens the network on two free ports of the loopback address. */
export async function openNetwork(options: NetworkOptions): Promise<Network> {
  const { tally, nowMs } = options
  let { weather } = options
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  const startMs = nowMs()
  const room = createWaitingRoom()
  const requests = countRequests()
  const meet = createMeeting(options)
  const interludes = new Map<string, () => Promise<void>>()
  const turns = new Map<number, number>()
  const newestTurn = new Map<number | null, number>()
  const toWechat = (passing: Passing) => forward(agent, options.wechat, passing)
  const toServer = (passing: Passing) => forward(agent, options.server, passing)

  const beLate = (
    { journey, about, chance }: Met,
    pass: () => Promise<unknown>,
    lateMs: number = LATE_MS[chance.between(0, LATE_MS.length - 1)]!,
  ) => {
    const dueMs = nowMs() + lateMs
    room.enter({
      journey,
      label: about.label,
      dueMs,
      isConnected: () => false,
      pass: async () => void (await pass()),
    })
  }
  const carryCall = async (passing: Passing, res: http.ServerResponse): Promise<void> => {
    const kind = callName(passing.method, passing.path)
    const met = meet(kind, passing)
    const { journey, turn, about } = met
    if (journey !== null) turns.set(journey, turn)
    const interlude = `${journey}/${turn}`
    const act = interludes.get(interlude)
    interludes.delete(interlude)
    if (act) await act()
    const fate = drawCallFate(kind, met.chance, weather, {
      journey,
      isFirst: turn === 1 && nowMs() === startMs,
    })
    if (fate !== 'pass' && fate !== 'too-early') note(tally, `${kind} ${fate}`)
    if (fate === 'late') beLate(met, () => toWechat(passing))
    if (fate === 'repeat-refused') {
      // Within the minute for which the server has to ask before it believes the refusal of its repeat.
      beLate(met, () => toWechat(passing), LATE_MS[0])
      const refusal = { error: { status: 403, code: 'NO_AUTH' } }
      if (about.outTradeNo) await options.strike(kind, about.outTradeNo, refusal)
      return void res.destroy()
    }
    if (fate === 'late' || fate === 'lost-before') return void res.destroy()
    if (fate === 'timeout-before') return
    if (fate === 'bad-gateway')
      return void res.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502</h1>')
    const effect = effectOf(fate)
    if (effect && about.outTradeNo) await options.strike(kind, about.outTradeNo, effect)
    const answer = await toWechat(passing)
    if (fate === 'too-early' && answer.status === 403) note(tally, 'close too-early')
    if (fate === 'timeout-after') return
    if (fate === 'lost-after') return void res.destroy()
    reply(res, spoil(answer, fate))
  }

  const carryNotification = async (met: Met, res: http.ServerResponse): Promise<void> => {
    const { chance, journey, turn } = met
    const deliver = () => {
      if (turn < (newestTurn.get(journey) ?? 0)) note(tally, 'notify reordered')
      newestTurn.set(journey, Math.max(turn, newestTurn.get(journey) ?? 0))
      return toServer(met)
    }
    const fate = drawNotifyFate(chance, weather)
    if (fate !== 'pass') note(tally, `notify ${fate}`)
    if (fate === 'late') beLate(met, deliver)
    if (fate === 'late' || fate === 'lost') return void res.destroy()
    if (fate === 'forged' || fate === 'probe')
      await expectRefusal(toServer, fate === 'forged' ? forged(met) : probe(met))
    const copies = fate === 'doubled' ? chance.between(2, 5) : 1
    const [answer] = await Promise.all(Array.from({ length: copies }, deliver))
    if (fate === 'answer-lost') return void res.destroy()
    reply(res, answer!)
  }
  const holdNotification = async (passing: Passing, res: http.ServerResponse): Promise<void> => {
    const met = meet('notify', passing)
    note(
      tally,
      `signed by ${String(passing.headers['wechatpay-serial']).startsWith('PUB') ? 'public key' : 'certificate'}`,
    )
    const pass = () => carryNotification(met, res).catch(() => void res.destroy())
    // A machine that stands still for long lets the sender's patience run out while the notification waits here.
    const isConnected = () => !res.destroyed
    room.enter({ journey: met.journey, label: met.about.label, dueMs: nowMs(), isConnected, pass })
  }

  const listen = (direction: Passing['direction'], carry: typeof carryCall) =>
    listenOnLoopback((req, res) => {
      void readPassing(direction, req)
        .then((passing) => carry(passing, res))
        .catch(() => res.destroy())
    }, 'one-a-message')
  const [outward, inward] = [
    await listen('to-wechat', carryCall),
    await listen('to-server', holdNotification),
  ]
  /** Two turns of the loop with nothing on its way: what a timer was about to send has left by then. */
  const quiet = async () => {
    for (let calm = 0; calm < 2; calm = requests.count() === room.connectedCount() ? calm + 1 : 0)
      await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return {
    wechatUrl: outward.url,
    serverUrl: inward.url,
    setWeather: (next) => void (weather = next),
    meanwhile: (journey, nth, act) =>
      void interludes.set(`${journey}/${(turns.get(journey) ?? 0) + nth}`, act),
    async deliver(atMs) {
      do await quiet()
      while ((await room.letGo(atMs, (queue) => shuffled(options.seed, queue))) > 0)
    },
    nextLateMs: room.nextDueMs,
    async close() {
      requests.stop()
      agent.destroy()
      await Promise.all([outward.close(), inward.close()])
    },
  }
}

/** Reads whose a message is, and names the stream that its fate is drawn from: by what it is about and how often that came. */
function createMeeting({
  seed,
  apiV3Key,
  journeyOf,
}: NetworkOptions): (kind: string, passing: Passing) => Met {
  const counts = new Map<string, number>()
  const next = (name: string) => {
    counts.set(name, (counts.get(name) ?? 0) + 1)
    return counts.get(name)!
  }
  return (kind, passing) => {
    const about = readAbout(passing, apiV3Key)
    const journey = journeyOf(about.orderId) ?? null
    const name = `${journey ?? 'nobody'}/${about.label}/${kind}`
    const turn = next(`${journey ?? 'nobody'} ${passing.direction}`)
    return { ...passing, about, journey, turn, chance: chanceOf(seed, name, next(name)) }
  }
}

/** Queues of one journey come in any order, but in the same one with the same seed. */
function shuffled<One extends { journey: number | null; label: string }>(seed: number, queue: One[]): One[] {
  if (queue.length < 2) return queue
  const { next } = chanceOf(
    seed,
    'queue',
    queue[0]!.journey ?? 'nobody',
    queue.map(({ label }) => label).join(),
  )
  return queue
    .map((one) => ({ one, key: next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ one }) => one)
}

/** What WeChat itself has to do. */
function effectOf(fate: CallFate): object | null {
  if (fate === 'system-error') return { error: 'SYSTEM_ERROR' }
  return fate === 'too-early' ? { refuseEarlyClose: true } : null
}

async function expectRefusal(
  toServer: (passing: Passing) => Promise<Answer>,
  passing: Passing,
): Promise<void> {
  const { status } = await toServer(passing)
  if (status !== 401) throw new Error(`a notification that proves nothing was answered ${status}, not 401`)
}
