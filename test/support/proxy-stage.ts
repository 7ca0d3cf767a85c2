import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'

/** How a request of a phone differs from GET by the phone named a. */
export interface PhoneRequest {
  phone?: string
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** A sandbox whose phone a is switched on, and a server of the test's own behind its proxy. */
export interface ProxyStage {
  sandbox: Sandbox
  h5Url: string
  /** What has reached the server in this test. */
  seen: { url: string; headers: IncomingHttpHeaders }[]
  /** How the server answers. */
  answer(req: IncomingMessage, res: ServerResponse): void
  /** From now on it answers with this page. */
  page(body: string, headers?: Record<string, string>): void
  /** Where the page of phone a believes to be. */
  origin(): string
  /** Switches a phone on, as the page that draws the phones does. */
  switchOn(phone: string, change?: object): Promise<Response>
  /** Sends as the browser does to http://{phone}.localhost; resolves as soon as the answer's head is there. */
  open(path: string, request?: PhoneRequest): Promise<IncomingMessage>
}

/** Sets the stage for a whole file; called once, at its top. */
export function proxyStage(): ProxyStage {
  const stage = {
    page(body, headers = {}) {
      stage.answer = (_req, res) =>
        void res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body)
    },
    origin: () => `http://a.localhost:${new URL(stage.sandbox.url).port}`,
    switchOn: (phone, change = {}) => switchOn(stage.sandbox.url, phone, change),
    open: (path, asked) => open(stage.sandbox.url, path, asked),
  } as Pick<ProxyStage, 'page' | 'origin' | 'switchOn' | 'open'> as ProxyStage
  const upstream = createServer((req, res) => {
    stage.seen.push({ url: req.url ?? '', headers: req.headers })
    stage.answer(req, res)
  })
  const phoneDir = mkdtempSync(join(tmpdir(), 'proxy-stage-'))
  beforeAll(async () => {
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    stage.h5Url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
    writeFileSync(join(phoneDir, 'bridge.js'), 'bridge()')
    stage.sandbox = await startSandbox({ port: 0, h5Url: stage.h5Url, phoneDir })
    await stage.switchOn('a')
  })
  beforeEach(() => {
    stage.seen = []
  })
  afterAll(async () => {
    upstream.close()
    await stage.sandbox.close()
    rmSync(phoneDir, { recursive: true })
  })
  return stage
}

function switchOn(sandboxUrl: string, phone: string, change: object): Promise<Response> {
  const settings = {
    window: 'one',
    user: 'alice',
    profile: 'ios',
    language: 'zh-CN',
    theme: 'light',
    font: 'normal',
    miniProgramAppid: null,
  }
  return fetch(`${sandboxUrl}/_sandbox/phones/${phone}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', origin: sandboxUrl },
    body: JSON.stringify({ ...settings, ...change }),
  })
}

function open(
  sandboxUrl: string,
  path: string,
  { phone = 'a', method = 'GET', headers = {}, body }: PhoneRequest = {},
): Promise<IncomingMessage> {
  const { port } = new URL(sandboxUrl)
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers: { host: `${phone}.localhost:${port}`, ...headers } },
      resolve,
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
