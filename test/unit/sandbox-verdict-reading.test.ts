import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { merchantBooks } from '../support/merchant-books.ts'
import { openSandbox } from '../support/sandbox-client.ts'
import type { SandboxClient } from '../support/sandbox-client.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

const books = merchantBooks(sandboxStage())

describe('books that cannot be read', () => {
  test('for want of a token say so, and the sandbox adds none', async () => {
    expect(await books.ask({}, { authorization: '' })).toMatchObject({
      status: 502,
      body: {
        code: 'books-locked',
        message: expect.stringMatching(/answers 401: send the token of an operator/),
      },
    })
  })

  test.each<[string, (res: ServerResponse) => void, RegExp]>([
    ['not JSON', (res) => void res.end('<html>\n'), /line 1 is not JSON/],
    ['of another shape', (res) => void res.end('{"outTradeNo":"A"}\n'), /line 1: .*orderId/],
    ['without an end of line', (res) => void res.end('x'.repeat(70_000)), /has no end/],
    ['broken off', (res) => void res.write('{"out', () => res.destroy()), /cannot be read/],
    ['moved', (res) => void res.writeHead(302, { location: '/api/books' }).end(), /answers 302/],
    ['failing', (res) => void res.writeHead(500).end(), /answers 500/],
  ])('%s: a sentence and 502', async (_, badly, message) => {
    books.answer = badly
    const { status, body } = await books.ask()
    expect([status, body.message]).toEqual([502, expect.stringMatching(message)])
    expect(body.code).toMatch(/^books-(unreadable|unreachable)$/)
  })

  test('because nobody is there', async () => {
    const { status, body } = await books.ask({ server: 'http://127.0.0.1:9' })
    expect([status, body.message]).toEqual([502, expect.stringContaining('http://127.0.0.1:9/api/books')])
    expect(body.code).toBe('books-unreachable')
  })
})

describe('the server’s address', () => {
  test.each(['', 'shop', 'ftp://127.0.0.1/', 'file:///etc/passwd'])('%j is refused', async (given) => {
    const { status, body } = await books.ask({ server: given })
    expect([status, body.message]).toEqual([400, expect.stringContaining('give the address')])
    expect(body.code).toBe('server-address')
  })

  test('is this machine or public https, unless the sandbox may notify anywhere', async () => {
    const strict = await openSandbox({ localNotify: false })
    const verdict = async (given: string) =>
      (await strict.control(`/verdict?server=${encodeURIComponent(given)}`)).status
    // An address that answers nothing: it may be asked.
    expect(await verdict('http://127.0.0.1:9')).toBe(502)
    for (const given of [
      'http://10.0.0.1',
      'https://192.168.0.1',
      'http://shop.example.com',
      'http://[fd00::1]/',
    ])
      expect(await verdict(given)).toBe(400)
    await strict.close()
  })

  test('may not be this machine when the sandbox is reached from others', async () => {
    const exposed = await openSandbox({ localNotify: false, host: '0.0.0.0' })
    const { status, body } = await exposed.control('/verdict?server=http://127.0.0.1:9')
    expect([status, body.message]).toEqual([400, expect.stringContaining('only a public https address')])
    await exposed.close()
  })
})

describe('the token of the server that was started with the sandbox', () => {
  /** A server that answers with no books and notes with which token it was asked. */
  async function openServer() {
    const seen: (string | undefined)[] = []
    const server = createServer((req, res) => {
      seen.push(req.headers.authorization)
      res.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { url, seen, close: () => void server.close() }
  }
  const tokenFile = join(mkdtempSync(join(tmpdir(), 'own-server-')), 'token')
  const ask = (sandbox: SandboxClient, server: string, headers = {}) =>
    fetch(`${sandbox.url}/_sandbox/verdict?server=${encodeURIComponent(server)}`, { headers })

  test('opens its books, and no other origin ever gets it', async () => {
    const [own, other] = [await openServer(), await openServer()]
    const sandbox = await openSandbox({ h5Url: own.url, operatorTokenFile: tokenFile })
    expect((await sandbox.control('/own-server')).body).toEqual({ server: null })
    // npm start writes the file when the sandbox is up.
    writeFileSync(tokenFile, 'of-lin\n')
    expect((await sandbox.control('/own-server')).body).toEqual({ server: own.url })
    expect((await ask(sandbox, `${own.url}/`)).status).toBe(200)
    expect((await ask(sandbox, other.url)).status).toBe(200)
    await ask(sandbox, own.url.replace('127.0.0.1', 'localhost'))
    expect(other.seen).toEqual([undefined])
    expect(own.seen.filter((token) => token !== undefined)).toEqual(['Bearer of-lin'])
    // What the caller brings counts, and a page of another site makes the sandbox use nothing.
    await ask(sandbox, own.url, { authorization: 'Bearer mine' })
    await ask(sandbox, own.url, { 'sec-fetch-site': 'cross-site' })
    await ask(sandbox, own.url, { 'sec-fetch-site': 'same-origin' })
    expect(own.seen.slice(-3)).toEqual(['Bearer mine', undefined, 'Bearer of-lin'])
    await sandbox.close()
    own.close()
    other.close()
  })

  test('is not used by a sandbox that other machines reach, nor for a server on another machine', async () => {
    const own = await openServer()
    const exposed = await openSandbox({ h5Url: own.url, operatorTokenFile: tokenFile, host: '0.0.0.0' })
    await ask(exposed, own.url)
    expect(own.seen).toEqual([undefined])
    expect((await exposed.control('/own-server')).body).toEqual({ server: null })
    await exposed.close()
    const away = await openSandbox({ h5Url: 'https://shop.example.com', operatorTokenFile: tokenFile })
    expect((await away.control('/own-server')).body).toEqual({ server: null })
    await away.close()
    own.close()
  })
})
