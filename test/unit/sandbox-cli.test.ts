import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { playScenario } from '../../sandbox/play/play-scenario.ts'
import { readScenario } from '../../sandbox/play/read-scenario.ts'
import { decrypt, openSandbox, proofOf, proves } from '../support/sandbox-client.ts'
import { MCHID, openStage } from '../support/sandbox-rules/rule.ts'
import type { Stage } from '../support/sandbox-rules/rule.ts'

const MAIN = join(import.meta.dirname, '../../sandbox/main.ts')
let stage: Stage
let dir: string
const children = new Set<ChildProcess>()
beforeAll(async () => {
  stage = await openStage()
  dir = mkdtempSync(join(tmpdir(), 'sandbox-cli-'))
})
afterAll(async () => {
  rmSync(dir, { recursive: true })
  await stage.close()
})
beforeEach(async () => {
  // What an earlier test did not accept is sent again, fifteen seconds later: on a busy machine into the next test.
  await stage.sandbox.control('/reset', {})
  stage.receiver.answerWith(204)
  stage.receiver.received.length = 0
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

/** Runs a command against the stage's sandbox. */
const command = (...args: string[]) => runs(...args, '--sandbox', stage.sandbox.url)

function runs(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args])
  children.add(child)
  let text = ''
  const waiting = new Set<() => void>()
  const hear = (chunk: Buffer) => {
    text += chunk.toString()
    for (const check of waiting) check()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const said = (words: string) =>
    new Promise<void>((resolve) => {
      const check = () => text.includes(words) && resolve()
      waiting.add(check)
      check()
    })
  return { child, ended, said, output: () => text }
}

/** Writes a scenario down. */
function written(text: string): string {
  const path = join(dir, 'scenario.yaml')
  writeFileSync(path, text)
  return path
}

/** Plays it by the command. */
async function play(text: string): Promise<{ code: number | null; output: string }> {
  const path = written(text)
  const played = command('run', path)
  const code = await played.ended
  return { code, output: played.output().replaceAll(`${path}:`, '') }
}

describe('trigger', () => {
  test.each([
    ['transaction.success', MCHID, 'TRANSACTION.SUCCESS'],
    ['transaction.success', '1900000003', 'TRANSACTION.SUCCESS'],
    ['combine-transaction.success', MCHID, 'TRANSACTION.SUCCESS'],
    ['combine-transaction.success', '1900000003', 'TRANSACTION.SUCCESS'],
    ['refund.abnormal', MCHID, 'REFUND.ABNORMAL'],
    ['refund.closed', MCHID, 'REFUND.CLOSED'],
  ])('%s of %s sends the signed notification, and prints it with the answer', async (event, mchid, type) => {
    const triggered = command('trigger', event, '--to', stage.receiver.url, '--merchant', mchid)
    expect(await triggered.ended).toBe(0)
    const [received] = stage.receiver.received
    const merchant = stage.sandbox.merchant(mchid)
    const proof = proofOf(received!.headers)!
    const isByKey = proof.serial === merchant.publicKeyId
    const pem = isByKey ? merchant.publicKeyPem : merchant.platformCertificatePem
    expect(proves(proof, pem, received!.body)).toBe(true)
    const body = JSON.parse(received!.body.toString())
    expect(body.event_type).toBe(type)
    const resource = decrypt(merchant.apiV3Key, body.resource)
    expect(JSON.parse(resource).sub_orders?.length).toBe(event.startsWith('combine') ? 2 : undefined)
    for (const part of [received!.body.toString(), resource, proof.signature, '← 204 accepted'])
      expect(triggered.output()).toContain(part)
  })

  test('lists what it knows when it is asked, and when it is asked for something else', async () => {
    const events = ['transaction.success', 'combine-transaction.success', 'refund.abnormal', 'refund.closed']
    const help = command('trigger', '--help')
    expect(await help.ended).toBe(0)
    const unknown = command('trigger', 'order.flown', '--to', stage.receiver.url)
    expect(await unknown.ended).toBe(2)
    for (const event of events) {
      expect(help.output()).toContain(event)
      expect(unknown.output()).toContain(event)
    }
  })

  test('sends to exactly the address that was given, a slash at its end too', async () => {
    const address = `${stage.receiver.url}/`
    expect(await command('trigger', 'transaction.success', '--to', address).ended).toBe(0)
    expect(stage.receiver.received[0]!.path).toBe('/notify/')
  })

  test('of a sandbox that takes public addresses only says how to start another', async () => {
    const strict = await openSandbox({ localNotify: false })
    const address = ['--to', stage.receiver.url, '--sandbox', strict.url]
    const triggered = runs('trigger', 'transaction.success', ...address)
    expect(await triggered.ended).toBe(1)
    expect(triggered.output()).toMatch(/^\S.*应为https地址.*--local-notify.*\n$/)
    await strict.close()
  })

  test('that is not accepted is a failure', async () => {
    stage.receiver.answerWith(500)
    const triggered = command('trigger', 'transaction.success', '--to', stage.receiver.url)
    expect(await triggered.ended).toBe(1)
    expect(triggered.output()).toContain('← 500 refused')
  })
})

describe('listen', () => {
  test('shows calls and notifications as they come, and forwards the same bytes', async () => {
    const forwarded = stage.receiver.url.replace('/notify', '/forwarded')
    const listening = command('listen', '--forward-to', forwarded)
    await listening.said('forwarding to')
    const { outTradeNo, prepayId } = await stage.placed()
    await stage.pay(prepayId)
    const arrived = await stage.receiver.arrived(2)
    const [direct, copy] = arrived.toSorted((a, b) => (a.path < b.path ? 1 : -1))
    expect([direct!.path, copy!.path]).toEqual(['/notify', '/forwarded'])
    expect(copy!.body).toEqual(direct!.body)
    expect(proofOf(copy!.headers)).toEqual(proofOf(direct!.headers))
    await listening.said('⤷')
    expect(listening.output()).toMatch(/→ {2}POST \/v3\/pay\/transactions\/jsapi {2}200 ok/)
    expect(listening.output()).toContain(
      `TRANSACTION.SUCCESS ${outTradeNo} → ${stage.receiver.url}  204 accepted`,
    )
    listening.child.kill('SIGINT')
    expect(await listening.ended).toBe(0)
  })
})

describe('run', () => {
  const ORDER = `
  - sandbox: GET /_sandbox/users
    save: { openids: body.users.0.openids }
  - wechat: POST /v3/pay/transactions/jsapi
    body:
      mchid: '\${mchid}'
      appid: '\${miniAppid}'
      description: 白瓷盖碗
      out_trade_no: '\${number}'
      notify_url: http://127.0.0.1:9/notify
      amount: { total: 8800 }
      payer: { openid: '\${openids.wx5a17d0c0ffee0002}' }
    save: { prepayId: body.prepay_id }
`

  test('plays a scenario without any server, and says how it went', async () => {
    const { code, output } = await play(`scenario: An order is paid
variables: { number: 'S\${fresh}' }
steps:${ORDER}
  - sandbox: POST /_sandbox/pay
    body: { prepayId: '\${prepayId}', user: alice }
  - wechat: GET /v3/pay/transactions/out-trade-no/\${number}?mchid=\${mchid}
    until: { status: 200, body: { trade_state: SUCCESS, amount: { total: 8800 }, payer: { openid: /^o/ } } }
`)
    expect(output).toMatch(/^ok {4}An order is paid \([\d.]+ s\)\n1 of 1 went as written\n$/)
    expect(code).toBe(0)
  })

  test.each([
    [
      'an answer that differs',
      'sandbox: GET /_sandbox/clock\n    expect: { body: { frozen: true } }',
      /3: body\.frozen: expected true, got false/,
    ],
    [
      'an error that was not expected',
      'sandbox: GET /_sandbox/nothing',
      /3: answered 404 .*no control route/,
    ],
    [
      'a name that nobody set',
      'sandbox: GET /_sandbox/ledger?mchid=${mine}',
      /3: \$\{mine\} is not set; there are mchid/,
    ],
    ['a server that was not given', 'call: GET /', /3: a call needs the merchant’s server/],
    ['a verdict without books', 'verdict: clean', /3: a verdict needs the merchant’s server/],
    [
      'another host',
      'wechat: GET https://api.mch.weixin.qq.com/v3/certificates',
      /3: https:\/\/api\.mch\.weixin\.qq\.com is not/,
    ],
  ])('%s is a failure with its line', async (_, step, message) => {
    const scenario = readScenario(written(`scenario: It fails\nsteps:\n  - ${step}\n`))
    await expect(playScenario(scenario, { sandbox: stage.sandbox.url })).rejects.toThrow(message)
  })

  test('says which scenarios failed, and plays none when one cannot be read', async () => {
    const failed = await play('scenario: It fails\nsteps:\n  - sandbox: GET /_sandbox/nothing\n')
    expect(failed.output).toMatch(/^FAIL {2}It fails\n {6}3: answered 404 .*\n0 of 1 went as written\n$/)
    const unread = await play('scenario: It waits\nsteps:\n  - wait: 3\n')
    expect(unread.output).toMatch(/^3: a step is exactly one of/)
    expect([failed.code, unread.code]).toEqual([1, 1])
  })

  test.each([
    ['steps: []', /:1: steps: at least one step/],
    ['scenario: A\nsteps:\n  - wait: 3', /:3: a step is exactly one of sandbox, call, wechat, advance/],
    ['scenario: A\nsteps:\n  - sandbox: GET /\n    call: GET /', /:3: a step is exactly one of/],
    ['scenario: A\nsteps:\n  - call: FETCH /', /:3: call: a method and an address/],
    ['scenario: A\nsteps:\n  - call: GET /\n    body: {}\n    wtih: 1', /:3: this: Unrecognized key: "wtih"/],
    ['scenario: A\nsteps:\n  - advance: soon', /:3: advance: a duration like 90s/],
    [
      'scenario: A\nsteps:\n  - call: GET /\n    save: { fresh: body }',
      /:4: save\.fresh: .*choose another name/,
    ],
    ['scenario: A\nsteps: [\n  - x', /:\d: /],
    ['scenario: A\nsteps:\n  - include: scenario.yaml', /:3: scenario\.yaml includes itself/],
    ['scenario: A\nsteps:\n  - include: nothing.yaml', /nothing\.yaml: cannot be read \(ENOENT\)/],
    ['scenario: A\nsteps:\n  - advance: 1s\ncolour: red', /:1: this: Unrecognized key: "colour"/],
  ])('%j is refused with its line', (text, message) => {
    expect(() => readScenario(written(text))).toThrow(message)
  })
})
