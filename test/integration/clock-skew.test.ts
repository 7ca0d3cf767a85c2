import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { callApi } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { until } from '../support/until.ts'

const stage = moneyStage()

test('a server whose clock is ten minutes off by what WeChat and Alipay say is not ready and says why', async () => {
  const elsewhere = createServer((_req, res) => {
    res.setHeader('date', new Date(Date.now() - 600_000).toUTCString()).end()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => elsewhere.once('listening', resolve))
  const { port } = elsewhere.address() as { port: number }
  const host = `http://127.0.0.1:${port}`
  await stage.shop.restart((config) => ({
    ...config,
    hosts: { ...config.hosts, wechatpay: [host], alipay: host },
  }))
  const answer = await until(async () => {
    const ready = await callApi<{ faults: unknown }>(stage.shop, 'GET', '/readyz')
    return ready.status === 503 && ready
  })
  expect(answer.body.faults).toEqual([
    { check: 'clock', detail: expect.stringMatching(/clock is (599|60[01]) s ahead.*NTP/) },
  ])
  expect(stage.shop.logLines.some((line) => line.includes('s ahead'))).toBe(true)
  elsewhere.closeAllConnections()
  elsewhere.close()
})
