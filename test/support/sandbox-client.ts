import { createDecipheriv, createPrivateKey, createSign, createVerify, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startSandbox } from '../../sandbox/sandbox.ts'
import type { SandboxOptions } from '../../sandbox/sandbox.ts'

/** A merchant as GET /_sandbox/merchants hands it out. */
export interface SandboxMerchant {
  mchid: string
  mode: 'certificate' | 'migrating' | 'public-key'
  serialNo: string
  privateKeyPem: string
  apiV3Key: string
  appids: { appid: string; appsecret: string; kind: string }[]
  publicKeyId: string
  publicKeyPem: string
  platformSerialNo: string
  platformCertificatePem: string
  subMerchants: { mchid: string; appids: { appid: string; appsecret: string; kind: string }[] }[]
}

/** An answer, with its body read in both ways. */
export interface Reply {
  status: number
  headers: Headers
  text: string
  // Tests look into answers of many shapes.
  // oxlint-disable-next-line no-explicit-any
  body: any
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text()
  let body: unknown
  try {
    body = text === '' ? null : JSON.parse(text)
  } catch {
    body = null
  }
  return { status: response.status, headers: response.headers, text, body }
}

/** How a request may differ from a right one. */
export interface CallChanges {
  timestamp?: number
  nonce?: string
  serialNo?: string
  mchid?: string
  privateKeyPem?: string
  /** Replaces the whole header; null leaves it out. */
  authorization?: string | null
  headers?: Record<string, string>
  /** Sent instead of the bytes that were signed. */
  sentBody?: string | Uint8Array<ArrayBuffer>
}

const keys = new Map<string, KeyObject>()

/** SHA-256 with RSA under a PEM, which is parsed once. */
export function signText(privateKeyPem: string, text: string | Uint8Array): string {
  const key = keys.get(privateKeyPem) ?? createPrivateKey(privateKeyPem)
  keys.set(privateKeyPem, key)
  return createSign('RSA-SHA256').update(text).sign(key, 'base64')
}

/** The Wechatpay-* headers of an answer or a notification, lower-case. */
export interface Proof {
  timestamp: string
  nonce: string
  signature: string
  serial: string
}

/** Reads the proof; null when there is none. */
export function proofOf(headers: Headers | IncomingHttpHeaders): Proof | null {
  const read = (name: string) =>
    (headers instanceof Headers ? headers.get(`wechatpay-${name}`) : headers[`wechatpay-${name}`]) as
      string | null
  const [timestamp, nonce, signature, serial] = ['timestamp', 'nonce', 'signature', 'serial'].map(read)
  return timestamp && nonce && signature && serial ? { timestamp, nonce, signature, serial } : null
}

/** Whether WeChat signed exactly these bytes. `pem` is a public key or a certificate. */
export function proves({ timestamp, nonce, signature }: Proof, pem: string, body: string | Buffer): boolean {
  return createVerify('RSA-SHA256')
    .update(`${timestamp}\n${nonce}\n`)
    .update(body)
    .update('\n')
    .verify(pem, signature, 'base64')
}

/** Opens what WeChat encrypted; throws when a bit is wrong. */
export function decrypt(
  apiV3Key: string,
  sealed: { ciphertext: string; nonce: string; associated_data: string },
): string {
  const bytes = Buffer.from(sealed.ciphertext, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', apiV3Key, sealed.nonce, { authTagLength: 16 })
  decipher.setAAD(Buffer.from(sealed.associated_data)).setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString()
}

/** What a merchant of the sandbox does over HTTP, written apart from both sandbox and server. */
export interface SandboxClient {
  url: string
  close(): Promise<void>
  /** GET without a body, POST with one, to a control route below /_sandbox. */
  control(path: string, body?: unknown, method?: string): Promise<Reply>
  merchant(mchid: string): SandboxMerchant
  /** A signed APIv3 request of that merchant. */
  call(mchid: string, method: string, path: string, body?: unknown, changes?: CallChanges): Promise<Reply>
  /** The same for a body that is not text. */
  callBytes(mchid: string, method: string, path: string, body: Uint8Array<ArrayBuffer>): Promise<Reply>
  openid(user: string, appid: string): string
  /** One more person, with ¥10,000. Returns the id. */
  addUser(id: string): Promise<string>
  /** The five parameters a merchant gives its client. */
  launch(mchid: string, appid: string, prepayId: string): Record<string, string>
  /** Redirects are not followed. */
  get(path: string, headers?: Record<string, string>): Promise<Reply>
  /** Text is sent as it is, anything else as JSON. */
  post(path: string, body: unknown): Promise<Reply>
}

/** Starts a sandbox on a free port and speaks to it. */
export async function openSandbox(options: Partial<SandboxOptions> = {}): Promise<SandboxClient> {
  const sandbox = await startSandbox({ port: 0, localNotify: true, ...options })
  const control: SandboxClient['control'] = async (
    path,
    body,
    method = body === undefined ? 'GET' : 'POST',
  ) =>
    reply(
      await fetch(`${sandbox.url}/_sandbox${path}`, {
        method,
        ...(body !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      }),
    )
  const { merchants } = (await control('/merchants')).body as { merchants: SandboxMerchant[] }
  const { users } = (await control('/users')).body as {
    users: { id: string; openids: Record<string, string> }[]
  }
  const merchant = (mchid: string) => merchants.find((one) => one.mchid === mchid)!
  return {
    url: sandbox.url,
    close: () => sandbox.close(),
    control,
    merchant,
    openid: (user, appid) => users.find(({ id }) => id === user)!.openids[appid]!,
    async addUser(id) {
      await control('/users', { id, name: id, balanceFen: 1_000_000 })
      const people = (await control('/users')).body.users as typeof users
      users.push(people.find((person) => person.id === id)!)
      return id
    },
    get: async (path, headers = {}) =>
      reply(await fetch(sandbox.url + path, { redirect: 'manual', headers })),
    async post(path, body) {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return reply(await fetch(sandbox.url + path, { method: 'POST', body: text }))
    },
    async call(mchid, method, path, body, changes = {}) {
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
      const authorization =
        changes.authorization === undefined
          ? authorizationOf(merchant(mchid), method, path, text, changes)
          : changes.authorization
      const sent = changes.sentBody ?? (text === '' ? null : text)
      return reply(
        await fetch(sandbox.url + path, {
          method,
          headers: {
            accept: 'application/json',
            'user-agent': 'test',
            ...(sent !== null && { 'content-type': 'application/json' }),
            ...(authorization !== null && { authorization }),
            ...changes.headers,
          },
          ...(sent !== null && { body: sent }),
        }),
      )
    },
    async callBytes(mchid, method, path, body) {
      const authorization = authorizationOf(merchant(mchid), method, path, body)
      const headers = { 'content-type': 'application/json', 'user-agent': 'test', authorization }
      const request = { method, headers, body }
      return reply(await fetch(sandbox.url + path, request))
    },
    launch(mchid, appid, prepayId) {
      const parameters = {
        timeStamp: Math.floor(Date.now() / 1000).toString(),
        nonceStr: randomBytes(16).toString('hex'),
        package: `prepay_id=${prepayId}`,
      }
      const text = `${appid}\n${parameters.timeStamp}\n${parameters.nonceStr}\n${parameters.package}\n`
      return { ...parameters, signType: 'RSA', paySign: signText(merchant(mchid).privateKeyPem, text) }
    },
  }
}

/** The Authorization header of a request, with what `changes` gets wrong. */
export function authorizationOf(
  merchant: SandboxMerchant,
  method: string,
  path: string,
  body: string | Uint8Array,
  changes: CallChanges = {},
): string {
  const timestamp = changes.timestamp ?? Math.floor(Date.now() / 1000)
  const nonce = changes.nonce ?? randomBytes(16).toString('hex')
  const head = `${method}\n${path}\n${timestamp}\n${nonce}\n`
  const text = Buffer.concat([Buffer.from(head), Buffer.from(body as string), Buffer.from('\n')])
  const items = {
    mchid: changes.mchid ?? merchant.mchid,
    nonce_str: nonce,
    signature: signText(changes.privateKeyPem ?? merchant.privateKeyPem, text),
    timestamp,
    serial_no: changes.serialNo ?? merchant.serialNo,
  }
  const list = Object.entries(items).map(([name, value]) => `${name}="${value}"`)
  return `WECHATPAY2-SHA256-RSA2048 ${list.join(',')}`
}

/** A notification as it arrived. */
export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A merchant's notify address. */
export interface Receiver {
  url: string
  received: Received[]
  /** What it answers from now on; null: it never answers. */
  answerWith(status: number | null): void
  /** Resolves as soon as so many have arrived. */
  arrived(count: number): Promise<Received[]>
  close(): Promise<void>
}

/** Listens on a free port of this machine. */
export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  let status: number | null = 204
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      received.push({ path: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks) })
      for (const check of waiting) check()
      if (status !== null) res.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify`,
    received,
    answerWith: (next) => void (status = next),
    arrived: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (received.length < count) return
          waiting.delete(check)
          resolve(received)
        }
        waiting.add(check)
        check()
      }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
