import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createWechatpayChannel, type WechatpayChannel } from '../../server/channels/wechatpay/channel.ts'
import { answerSigned, merchantOf, snapshotOf, startPeer, type Peer, type Signing } from './wechatpay-peer.ts'

/** Our channel to WeChat Pay with a peer of the test's own at the other end, for answers that no gateway would give. */
export interface WechatpayStage {
  peer: Peer
  /** With a public key of WeChat's and a platform certificate. */
  channel: WechatpayChannel
  /** The same merchant with a platform certificate alone. */
  byCertificate: WechatpayChannel
  /** What the channel logged in this test. */
  logged: unknown[][]
  /** What the next requests are answered, signed. */
  answers(status: number, value: unknown, signing?: Signing): void
}

/** The payment that everything is about. */
export const snapshot = snapshotOf()

/** Sets the stage for a whole file; called once, at its top. No request outlives its test. */
export function wechatpayStage(): WechatpayStage {
  const stage = {
    logged: [],
    answers: (status, value, signing) => {
      stage.peer.answer = (response) => answerSigned(response, status, value, signing)
    },
  } as Pick<WechatpayStage, 'logged' | 'answers'> as WechatpayStage
  const note = (...line: unknown[]) => void stage.logged.push(line)
  const merchants = (changes = {}) => new Map([['1900000001', merchantOf(changes)]])
  beforeAll(async () => {
    stage.peer = await startPeer()
    const hosts = [stage.peer.url]
    stage.channel = createWechatpayChannel({ merchants: merchants(), hosts, log: { info: note, warn: note } })
    stage.byCertificate = createWechatpayChannel({ merchants: merchants({ publicKeys: [] }), hosts })
  })
  beforeEach(() => {
    stage.peer.requests = []
    stage.logged = []
  })
  afterAll(async () => {
    stage.channel.disconnect()
    stage.byCertificate.disconnect()
    await stage.peer.close()
  })
  return stage
}

/** What a promise failed with, or 'succeeded'. */
export const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'succeeded',
    (error) => error,
  )
