import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What WeChat's login answers, as JSON. */
export type LoginAnswer = Record<string, unknown>

/** A door in front of the sandbox's api.weixin.qq.com, for answers that the sandbox does not give. */
export interface PlatformFront {
  url: string
  /** Paths that were asked for. */
  asked: string[]
  /** Changes the answers from now on. */
  alter(change: (answer: LoginAnswer, path: string) => LoginAnswer): void
  close(): Promise<void>
}

/** Passes every request on to the sandbox and lets the test change what comes back. */
export async function openPlatformFront(sandboxUrl: string): Promise<PlatformFront> {
  const asked: string[] = []
  let change = (answer: LoginAnswer, _path: string) => answer
  const server = createServer(async (req, res) => {
    const path = req.url!.split('?')[0]!
    asked.push(path)
    const answer = (await (await fetch(sandboxUrl + req.url)).json()) as LoginAnswer
    res.setHeader('content-type', 'text/plain')
    res.end(JSON.stringify(change(answer, path)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    alter: (next) => void (change = next),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
