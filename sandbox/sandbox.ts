import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import type { ErrorRequestHandler } from 'express'
import { bothSenders, createAlipay } from './alipay/alipay.ts'
import { createControl } from './control/control.ts'
import { refuseOtherSites } from './control/other-sites.ts'
import { ownServer } from './control/verdict/own-server.ts'
import { deskRoutes } from './desk/routes.ts'
import { showNowhere } from './desk/signpost.ts'
import { createGateway } from './gateway/gateway.ts'
import { createH5PayPage } from './gateway/h5-pay-page.ts'
import { createNotifySender } from './gateway/notify-sender.ts'
import type { NotifySender } from './gateway/notify-sender.ts'
import { phoneOfHost } from './phone/address.ts'
import { phoneProxy, phoneRoutes } from './phone/routes.ts'
import { createPlatform } from './platform/platform.ts'
import { isLoopbackHost } from './world/loopback.ts'
import { createWorld } from './world/world.ts'
import type { World } from './world/world.ts'

const IDLE_CONNECTION_MS = 65_000

/** How to start a WeChat. */
export interface SandboxOptions {
  /** 0: any free port. */
  port: number
  /** Loopback unless told otherwise. */
  host?: string
  /** Where ledger and keys are kept; without it everything is in memory. */
  dataDir?: string
  /** notify_url may be http and loopback. */
  localNotify?: boolean
  /** The H5 that the phone opens, and the only host that OAuth comes back to. */
  h5Url?: string
  /** Holds a token of an operator of the H5's server, for the verdict; used on this machine only. */
  operatorTokenFile?: string
  /** The built phone. */
  phoneDir?: string
  /** The built desk. */
  deskDir?: string
}

/** A running WeChat. */
export interface Sandbox {
  /** e.g. http://127.0.0.1:4010, without a slash at the end. */
  url: string
  /** Stops listening and sending, and keeps what is to be kept. */
  close(): Promise<void>
}

/** Starts the sandbox. Rejects when the port is taken or the data directory cannot be used. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  // The port comes first: who cannot have it must not touch the data of the sandbox that has.
  const server = createServer()
  // Longer than merchants keep an idle connection: none of them sends into one that is just closing.
  server.keepAliveTimeout = IDLE_CONNECTION_MS
  const early: [IncomingMessage, ServerResponse][] = []
  const hold = (req: IncomingMessage, res: ServerResponse) => void early.push([req, res])
  server.on('request', hold)
  await listen(server, options.port, options.host ?? '127.0.0.1')
  const url = addressOf(server.address() as AddressInfo)
  try {
    const { answer, world, sender } = await build(options, url)
    server.off('request', hold)
    server.on('request', answer)
    for (const [req, res] of early) answer(req, res)
    return { url, close: () => close(server, world, sender) }
  } catch (error) {
    server.close()
    server.closeAllConnections()
    throw error
  }
}

type Answerer = (req: IncomingMessage, res: ServerResponse) => void

/** Everything behind the port. */
async function build(
  options: SandboxOptions,
  url: string,
): Promise<{ answer: Answerer; world: World; sender: NotifySender }> {
  const world = await createWorld({
    dataDir: options.dataDir,
    localNotify: options.localNotify,
    h5Host: options.h5Url === undefined ? null : new URL(options.h5Url).hostname,
    publicUrl: url,
  })
  const alipay = createAlipay(world)
  const sender = bothSenders(createNotifySender(world), alipay.sender)
  const phone = { phoneDir: options.phoneDir, h5Url: options.h5Url, sandboxUrl: () => url }
  const gateway = createGateway(world)
  const host = options.host ?? '127.0.0.1'
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  // The phone's proxy answers by Host header and must see everything first.
  app.use(phoneProxy(world, phone))
  app.use('/_sandbox', refuseOtherSites(host))
  app.use(phoneRoutes(world, phone))
  const isLoopback = isLoopbackHost(host)
  const own = ownServer(options.h5Url, options.operatorTokenFile, isLoopback)
  app.use('/_sandbox', createControl(world, { sender, alipay, isLoopback, ownServer: own }))
  app.use(alipay.gateway)
  app.use(alipay.pages)
  app.use(createPlatform(world))
  app.use(createH5PayPage(world))
  app.use(deskRoutes(options.deskDir))
  app.use(showNowhere)
  app.use(answerError)
  try {
    world.open()
  } catch (error) {
    await world.close()
    throw error
  }
  // The gateway reads raw bytes and knows its own addresses: what stands before the other pages would only slow it.
  const isForGateway = ({ url = '', headers }: IncomingMessage) =>
    url.startsWith('/v3/') && phoneOfHost(headers.host) === null
  const answer: Answerer = (req, res) => {
    takeAbsoluteForm(req)
    if (isForGateway(req)) gateway(req, res)
    else app(req, res)
  }
  return { answer, world, sender }
}

/**
 * Clients that take the sandbox for their HTTP proxy ask for the whole address, which then counts instead of the Host
 * header. RFC 9112, 3.2.2
 */
function takeAbsoluteForm(req: IncomingMessage): void {
  const [, host, path] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(req.url ?? '') ?? []
  if (host === undefined) return
  req.headers.host = host
  req.url = path!.startsWith('/') ? path! : `/${path!}`
}

function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function addressOf({ address, family, port }: AddressInfo): string {
  const anyHost = address === '0.0.0.0' || address === '::'
  if (anyHost) return `http://127.0.0.1:${port}`
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

async function close(
  server: ReturnType<typeof createServer>,
  world: World,
  sender: NotifySender,
): Promise<void> {
  sender.stop()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
  await world.close()
}

/** Bodies that cannot be read are the client's fault; anything else is ours, and says so without details. */
const answerError: ErrorRequestHandler = (error: { status?: unknown; stack?: string }, _req, res, next) => {
  if (res.headersSent) return next(error)
  const { status } = error
  if (typeof status === 'number' && status >= 400 && status < 500) {
    res.status(status).json({ message: 'the request cannot be read: send JSON in UTF-8, not too large' })
    return
  }
  process.stderr.write(`sandbox: ${error.stack ?? String(error)}\n`)
  res.status(500).json({ message: 'the sandbox has a fault: see its output' })
}
