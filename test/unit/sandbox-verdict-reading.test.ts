import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { merchantBooks } from '../support/merchant-books.ts'
import { openSandbox } from '../support/sandbox-client.ts'
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
