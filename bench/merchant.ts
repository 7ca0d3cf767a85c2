import { createPrivateKey, createSign, randomBytes } from 'node:crypto'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A merchant of the sandbox with as little code around its calls as can be: what is measured is the other side. */
export type Merchant = {
  /** Orders by jsapi and resolves with the prepay id. */
  prepay(outTradeNo: string): Promise<string>
  /** Pays as alice; the notification comes by itself. */
  pay(prepayId: string): Promise<void>
  /** Resolves when so many notifications came in all. */
  notified(count: number): Promise<void>
  close(): Promise<void>
}

type Account = {
  mchid: string
  serialNo: string
  privateKeyPem: string
  appids: { appid: string; kind: string }[]
}

/** Opens the address for notifications and reads the first demo merchant's keys. */
export async function openMerchant(sandbox: string): Promise<Merchant> {
  const agent = new Agent({ keepAlive: true })
  const send = (path: string, body?: string, headers: Record<string, string> = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const method = body === undefined ? 'GET' : 'POST'
      const type = { 'content-type': 'application/json', 'user-agent': 'bench', ...headers }
      const call = request(sandbox + path, { method, agent, headers: type }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          if (answer.statusCode! < 300) resolve(text)
          else reject(new Error(`${path} answered ${answer.statusCode}: ${text}`))
        })
      })
      call.on('error', reject)
      call.end(body)
    })
  const account = (JSON.parse(await send('/_sandbox/merchants')) as { merchants: Account[] }).merchants[0]!
  const { appid } = account.appids.find(({ kind }) => kind === 'mini-program')!
  type User = { id: string; openids: Record<string, string> }
  const { users } = JSON.parse(await send('/_sandbox/users')) as { users: User[] }
  const openid = users.find(({ id }) => id === 'alice')!.openids[appid]!
  const inbox = await openInbox()
  const key = createPrivateKey(account.privateKeyPem)
  const path = '/v3/pay/transactions/jsapi'
  return {
    async prepay(outTradeNo) {
      const body = JSON.stringify({
        appid,
        mchid: account.mchid,
        description: '白瓷盖碗',
        out_trade_no: outTradeNo,
        notify_url: inbox.url,
        amount: { total: 1, currency: 'CNY' },
        payer: { openid },
      })
      const [timestamp, nonce] = [Math.floor(Date.now() / 1000), randomBytes(16).toString('hex')]
      const text = `POST\n${path}\n${timestamp}\n${nonce}\n${body}\n`
      const signature = createSign('RSA-SHA256').update(text).sign(key, 'base64')
      const items = `mchid="${account.mchid}",nonce_str="${nonce}",timestamp="${timestamp}",serial_no="${account.serialNo}"`
      const authorization = `WECHATPAY2-SHA256-RSA2048 ${items},signature="${signature}"`
      return (JSON.parse(await send(path, body, { authorization })) as { prepay_id: string }).prepay_id
    },
    async pay(prepayId) {
      await send('/_sandbox/pay', JSON.stringify({ prepayId, user: 'alice' }))
    },
    notified: inbox.holds,
    async close() {
      agent.destroy()
      await inbox.close()
    },
  }
}

/** Counts notifications and answers each at once. */
async function openInbox(): Promise<{
  url: string
  holds(count: number): Promise<void>
  close(): Promise<void>
}> {
  let received = 0
  let look = () => {}
  const server = createServer((req, res) => {
    req.resume().on('end', () => {
      received += 1
      res.writeHead(204).end()
      look()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify`,
    holds: (count) =>
      new Promise((resolve) => {
        look = () => received >= count && resolve()
        look()
      }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
