import http from 'node:http'
import { chanceOf } from './chance.ts'
import { drawCallFate, drawNotifyFate, type CallFate, type NotifyFate, type Weather } from './fate.ts'
import { forward, listenOnLoopback, readPassing, reply, callName, type Answer, type Passing } from './wire.ts'

/** Everything between our server and WeChat, in both directions, and what it does to messages. */
export interface Network {
  /** Where the server finds WeChat Pay. */
  wechatUrl: string
  /** Where WeChat finds the server. */
  serverUrl: string
  /** From now on. */
  setWeather(weather: Weather): void
  /** Delivers the copies that were held back until now. */
  releaseLate(nowMs: number): Promise<void>
  /** Resolves when nothing is under way. */
  quiet(): Promise<void>
  /** How often each fate struck, e.g. { "prepay lost-after": 12 }. */
  struck: Map<string, number>
  close(): Promise<void>
}

export interface NetworkOptions {
  seed: number
  weather: Weather
  wechat: string
  server: string
  nowMs: () => number
  /** The journey that a message belongs to, read from its numbers; null: nobody's. */
  journeyOf: (passing: Passing) => number | null
  /** Makes WeChat itself fail the next such call. */
  failNext: (passing: Passing) => Promise<void>
}

/** Parts of business time that a late copy waits. Real time is short: the copy's signature stays good for five minutes. */
const LATE_MS = [20_000, 90_000, 400_000] as const

/** Opens the network on two free ports of the loopback address. */
export async function openNetwork(options: NetworkOptions): Promise<Network> {
  let { weather } = options
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  const struck = new Map<string, number>()
  const counts = new Map<string, number>()
  const late: { dueMs: number; passing: Passing }[] = []
  let underWay = 0
  const note = (name: string) => void struck.set(name, (struck.get(name) ?? 0) + 1)
  /** The nth message of its kind in its journey: the name under which its fate is drawn. */
  const chanceFor = (kind: string, passing: Passing) => {
    const journey = options.journeyOf(passing) ?? 'nobody'
    const key = `${journey}/${kind}`
    const nth = (counts.get(key) ?? 0) + 1
    counts.set(key, nth)
    return chanceOf(options.seed, key, nth)
  }
  const toWechat = (passing: Passing) => forward(agent, options.wechat, passing)
  const toServer = (passing: Passing) => forward(agent, options.server, passing)

  const carryCall = async (passing: Passing, res: http.ServerResponse) => {
    const kind = callName(passing.method, passing.path)
    const fate = drawCallFate(kind, chanceFor(kind, passing), weather)
    if (fate !== 'pass') note(`${kind} ${fate}`)
    if (fate === 'lost-before') return void res.destroy()
    if (fate === 'bad-gateway')
      return void res.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502</h1>')
    if (fate === 'system-error') await options.failNext(passing)
    const answer = await toWechat(passing)
    if (fate === 'lost-after') return void res.destroy()
    reply(res, spoil(answer, fate))
  }
  const carryNotification = async (passing: Passing, res: http.ServerResponse) => {
    const chance = chanceFor('notify', passing)
    const fate: NotifyFate = drawNotifyFate(chance, weather)
    if (fate !== 'pass') note(`notify ${fate}`)
    if (fate === 'lost') return void res.destroy()
    if (fate === 'late') {
      const waitMs = LATE_MS[chance.between(0, LATE_MS.length - 1)]!
      late.push({ dueMs: options.nowMs() + waitMs, passing })
      return void res.destroy()
    }
    if (fate === 'forged') await expectRefusal(toServer, passing)
    const copies = fate === 'doubled' ? chance.between(2, 5) : 1
    const [answer] = await Promise.all(Array.from({ length: copies }, () => toServer(passing)))
    if (fate === 'answer-lost') return void res.destroy()
    reply(res, answer!)
  }
  const listen = (direction: Passing['direction'], carry: typeof carryCall) =>
    listenOnLoopback((req, res) => {
      underWay += 1
      res.once('close', () => (underWay -= 1))
      void readPassing(direction, req)
        .then((passing) => carry(passing, res))
        .catch(() => res.destroy())
    })
  const [outward, inward] = [
    await listen('to-wechat', carryCall),
    await listen('to-server', carryNotification),
  ]
  return {
    wechatUrl: outward.url,
    serverUrl: inward.url,
    struck,
    setWeather: (next) => void (weather = next),
    async releaseLate(nowMs) {
      const due = late.filter((one) => one.dueMs <= nowMs)
      late.splice(0, late.length, ...late.filter((one) => one.dueMs > nowMs))
      await Promise.all(due.map(({ passing }) => toServer(passing)))
    },
    async quiet() {
      // Two turns of the loop with nothing on its way: what a timer was about to send has left by then.
      for (let calm = 0; calm < 2; calm = underWay === 0 ? calm + 1 : 0)
        await new Promise((resolve) => setTimeout(resolve, 1))
    },
    async close() {
      agent.destroy()
      await Promise.all([outward.close(), inward.close()])
    },
  }
}

/** Somebody else's words under WeChat's signature must be refused. */
async function expectRefusal(
  toServer: (passing: Passing) => Promise<Answer>,
  passing: Passing,
): Promise<void> {
  const body = Buffer.from(passing.body)
  const at = Math.floor(body.length / 2)
  body[at] = body[at]! ^ 1
  const { status } = await toServer({ ...passing, body })
  if (status !== 401) throw new Error(`a forged notification was answered ${status}, not 401`)
}

/** The answer as it arrives. */
function spoil(answer: Answer, fate: CallFate): Answer {
  const headers = { ...answer.headers }
  if (fate === 'unsigned') delete headers['wechatpay-signature']
  if (fate === 'probe')
    headers['wechatpay-signature'] = `WECHATPAY/SIGNTEST/${String(headers['wechatpay-signature'])}`
  if (fate !== 'tampered' || answer.body.length === 0) return { ...answer, headers }
  const body = Buffer.from(answer.body)
  body[body.length - 2] = body[body.length - 2]! ^ 1
  return { ...answer, headers, body }
}
