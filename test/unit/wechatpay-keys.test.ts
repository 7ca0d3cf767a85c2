import { expect, test } from 'vitest'
import { createWechatpayChannel } from '../../server/channels/wechatpay/channel.ts'
import {
  authorizationItems,
  isOurs,
  merchantOf,
  ours,
  snapshotOf,
  stranger,
} from '../support/wechatpay-peer.ts'
import { failure, snapshot, wechatpayStage } from '../support/wechatpay-stage.ts'

const stage = wechatpayStage()

test('a payment whose merchant is gone from the configuration is unknown, not failed', async () => {
  const gone = snapshotOf({ mchid: '1900000099' })
  expect(await failure(stage.channel.query(gone))).toMatchObject({ kind: 'ChannelUnknown' })
  expect(stage.peer.requests).toHaveLength(0)
})

test('two merchants in one process never use each other’s keys', async () => {
  const merchants = new Map([
    ['1900000001', merchantOf()],
    [
      '1900000002',
      merchantOf({ mchid: '1900000002', publicKeys: [], certificates: [{ serialNo: 'B2', ...stranger }] }),
    ],
  ])
  const two = createWechatpayChannel({ merchants, hosts: [stage.peer.url] })
  stage.answers(200, { prepay_id: 'wx1' })
  expect(await failure(two.prepay(snapshotOf({ mchid: '1900000002' }), '{}'))).toMatchObject({
    kind: 'ChannelUnknown',
  })
  expect(authorizationItems(stage.peer.requests[0]!)).toMatchObject({ mchid: '1900000002', serial_no: 'B2' })
  expect(isOurs(stage.peer.requests[0]!)).toBe(false)
  expect(await two.prepay(snapshot, '{}')).toBe('wx1')
  two.disconnect()
})

test('the newest certificate signs while the old ones wait to be forgotten', async () => {
  const certificates = [
    { serialNo: 'A1', privateKey: ours.privateKey },
    { serialNo: 'OLD', privateKey: stranger.privateKey },
  ]
  const rotated = createWechatpayChannel({
    merchants: new Map([['1900000001', merchantOf({ certificates })]]),
    hosts: [stage.peer.url],
  })
  stage.answers(200, { prepay_id: 'wx1' })
  await rotated.prepay(snapshot, '{}')
  expect(authorizationItems(stage.peer.requests[0]!).serial_no).toBe('A1')
  expect(isOurs(stage.peer.requests[0]!)).toBe(true)
  rotated.disconnect()
})

test('a merchant that cannot sign is refused at start', () => {
  const merchants = new Map([['1900000001', merchantOf({ certificates: [] })]])
  expect(() => createWechatpayChannel({ merchants, hosts: [stage.peer.url] })).toThrow('no API certificate')
})
