import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issueCertificate } from '../../sandbox/world/certificate.ts'
import { makeSandboxKey } from '../../sandbox/world/sandbox-key.ts'
import { ConfigFault, loadConfig } from '../../server/config/load-config.ts'
import { appsecret, openConfigFolder, type ConfigFolder, type ConfigText } from '../support/config-folder.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { startServerCommand } from '../support/server-command.ts'
import { apiV3Key } from '../support/wechatpay-peer.ts'

let folder: ConfigFolder
beforeAll(() => {
  folder = openConfigFolder()
})
afterAll(() => folder.remove())

/** The lines with which a configuration is refused, without their dashes. */
function faultsOf(change: (config: ConfigText) => void, production = false): string[] {
  try {
    loadConfig(folder.write(change), { production })
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    return error.message.split('\n  - ').slice(1)
  }
  return []
}

describe('a configuration', () => {
  test('that real money accepts has the provider’s hosts, the system’s clock, and its secrets read', () => {
    const config = loadConfig(folder.write(), { production: true })
    expect(config).toMatchObject({
      clock: { kind: 'system' },
      trustedProxies: 0,
      cataloguePath: null,
      hosts: {
        wechatpay: ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'],
        platform: 'https://api.weixin.qq.com',
        oauth: 'https://open.weixin.qq.com',
      },
      merchants: [{ mchid: '1900000001', apiV3Key }],
      entries: [
        { code: '01', mchid: '1900000001', mode: 'merchant', appsecret, subMchid: null },
        { code: '02', kind: 'mini-program' },
      ],
    })
  })

  test('tells every fault at once, by name and never by value', () => {
    const faults = faultsOf((config) => {
      config.publicUrl = 'ftp://secret-host'
      config.listen.port = 70_000
      config.merchants[0].mchid = 'secret-mchid'
      config.merchants[0].apiV3Key = apiV3Key
      config.entries[0].appid = 'secret-appid'
      config.entries[0].appsecret = appsecret
      config.entries[1].code = 'secret-code'
      config.entries[1].kind = 'secret-kind'
      config.surprise = 'secret-surprise'
    })
    const places = faults.map((fault) => fault.split(':')[0])
    expect(places.toSorted()).toEqual([
      '(root)',
      'entries.0.appid',
      'entries.0.appsecret',
      'entries.1.code',
      'entries.1.kind',
      'listen.port',
      'merchants.0.apiV3Key',
      'merchants.0.mchid',
      'publicUrl',
    ])
    const text = faults.join('\n')
    expect(text).toContain('surprise')
    for (const value of ['secret-', apiV3Key, appsecret]) expect(text).not.toContain(value)
  })

  test('names every secret that is missing or empty, by its reference', () => {
    folder.put('empty', '\n')
    const faults = faultsOf((config) => {
      config.merchants[0].apiV3Key = { file: 'gone' }
      config.merchants[0].certificates[0].privateKey = { env: 'QIAOFU_NO_SUCH_KEY' }
      config.entries[0].appsecret = { file: 'empty' }
      config.entries[1].appsecret = { file: '.' }
    })
    expect(faults).toEqual([
      'merchants.0.apiV3Key: file gone cannot be read',
      'merchants.0.certificates: environment variable QIAOFU_NO_SUCH_KEY is not set',
      'entries.0.appsecret: file empty is empty',
      'entries.1.appsecret: file . cannot be read',
    ])
  })

  const operator = (name: string, file: string) => ({ name, token: { file } })
  beforeAll(() => {
    folder.put('token-1', `"${randomBytes(16).toString('hex')}"\n`)
    folder.put('token-2', randomBytes(16).toString('hex'))
    folder.put('token-equal', 'a'.repeat(32))
    folder.put('token-weak', 'let-me-in')
  })
  const whsec = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`
  const subscriber = (change: object = {}) => ({
    name: 'erp',
    url: 'https://erp.example.com/told',
    secrets: [{ file: 'whsec' }],
    ...change,
  })
  beforeAll(() => {
    folder.put('whsec', `${whsec(24)}\n`)
    folder.put('whsec-weak', whsec(23))
    folder.put('whsec-hex', 'ab'.repeat(32))
    folder.put('whsec-equal', `whsec_${Buffer.alloc(32, 'w').toString('base64')}`)
  })
  const secretsFault =
    'subscribers.0.secrets: must be whsec_ and 24 to 64 bytes in base64; docs/deploy.md says how to make one'
  const privateFault = 'subscribers.0.url: must be on the public internet, not in this machine’s network'
  const partner = { subMchid: '1900000002', subAppid: null }
  test.each<[string, (config: ConfigText) => void, string]>([
    [
      'two merchants with one mchid',
      (c) => c.merchants.push(c.merchants[0]),
      'merchants: two merchants have one mchid',
    ],
    ['two entries with one code', (c) => (c.entries[1].code = '01'), 'entries: two entries have one code'],
    [
      'two subscribers with one name',
      (c) => (c.subscribers = [subscriber(), subscriber()]),
      'subscribers: two subscribers have one name',
    ],
    [
      'a subscriber’s secret that is too short',
      (c) => (c.subscribers = [subscriber({ secrets: [{ file: 'whsec' }, { file: 'whsec-weak' }] })]),
      secretsFault,
    ],
    [
      'a subscriber’s secret that is none',
      (c) => (c.subscribers = [subscriber({ secrets: [{ file: 'whsec-hex' }] })]),
      secretsFault,
    ],
    [
      'a subscriber on this machine',
      (c) => (c.subscribers = [subscriber({ url: 'https://127.0.0.1/told' })]),
      privateFault,
    ],
    [
      'a subscriber on this machine, in disguise',
      (c) => (c.subscribers = [subscriber({ url: 'https://[::ffff:7f00:1]/told' })]),
      privateFault,
    ],
    [
      'a subscriber’s address with a password',
      (c) => (c.subscribers = [subscriber({ url: 'https://me:secret@erp.example.com/' })]),
      'subscribers.0.url: must hold no user, password or #',
    ],
    [
      'two operators with one name',
      (c) => (c.operators = [operator('Lin', 'token-1'), operator('Lin', 'token-2')]),
      'operators: two operators have one name',
    ],
    [
      'two operators with one token',
      (c) => (c.operators = [operator('Lin', 'token-1'), operator('Wu', 'token-1')]),
      'operators: two operators have one token',
    ],
    [
      'an operator whose token can be guessed',
      (c) => (c.operators = [operator('Lin', 'token-weak')]),
      'operators.0.token: must be 32 to 128 letters, digits, _ or -; try: openssl rand -hex 32',
    ],
    [
      'an operator whose token is one letter over and over',
      (c) => (c.operators = [operator('Lin', 'token-equal')]),
      'operators.0.token: can be guessed; try: openssl rand -hex 32',
    ],
    [
      'a subscriber’s secret of equal bytes',
      (c) => (c.subscribers = [subscriber({ secrets: [{ file: 'whsec-equal' }] })]),
      'subscribers.0.secrets: can be guessed; docs/deploy.md says how to make one',
    ],
    [
      'an entry of no merchant',
      (c) => (c.entries[1].merchant = '1900000077'),
      'entries.1.merchant: names no merchant of this file',
    ],
    [
      'a merchant that can verify nothing',
      (c) => (c.merchants[0].publicKeys = []),
      'merchants.0: needs a WeChat Pay public key or a platform certificate, or no answer can be verified',
    ],
    [
      'a sub-merchant of no partner',
      (c) => Object.assign(c.entries[0], partner),
      'entries.0.subMchid: is for a partner merchant, and only for it',
    ],
    [
      'a sub-appid of nobody',
      (c) => (c.entries[0].subAppid = 'wx0123456789abcdee'),
      'entries.0.subAppid: needs a subMchid',
    ],
  ])('is refused for %s', (_what, change, fault) => {
    expect(faultsOf(change)).toEqual([fault])
  })

  test.each(['merchants', 'entries', 'publicUrl'])('is refused without %s', (field) => {
    expect(faultsOf((config) => delete config[field])).toMatchObject([expect.stringMatching(`^${field}: `)])
  })

  test('that is no file or no JSON says so', () => {
    expect(() => loadConfig('/nowhere/qiaofu.json', { production: false })).toThrow(
      '/nowhere/qiaofu.json cannot be read: name the file with --config or QIAOFU_CONFIG',
    )
    folder.put('broken.json', '{"publicUrl": "secret-')
    const path = folder.write().replace('qiaofu.json', 'broken.json')
    expect(() => loadConfig(path, { production: false })).toThrow(
      /^The .*:\n {2}- .*broken\.json is not JSON \(line 1, column 23\): no comments, and no comma after the last of a list$/,
    )
  })
})

describe('real money', () => {
  const demonstration = (config: ConfigText) => {
    config.publicUrl = 'http://127.0.0.1:3000'
    config.clock = { kind: 'remote', url: 'http://127.0.0.1:4010/_sandbox/clock' }
    config.hosts = { wechatpay: ['http://127.0.0.1:4010'] }
    config.merchants[0].demo = true
    folder.put('whsec-demo', `whsec_${randomBytes(32).toString('base64')}`)
    const secrets = [{ file: 'whsec-demo' }]
    config.subscribers = [{ name: 'erp', url: 'http://127.0.0.1:3001/', secrets, allowPrivate: true }]
  }

  test('refuses all that the demonstration may have, at once; the demonstration takes it', () => {
    expect(faultsOf(demonstration, true)).toEqual([
      "merchants: 1900000001 has demonstration keys; put in the merchant's own",
      'hosts: only the provider may be asked; remove this field',
      "clock: only the system's clock; remove this field",
      'publicUrl: must be https',
      'subscribers.0.url: must be https',
      'subscribers.0.allowPrivate: only the public internet; remove this field',
    ])
    expect(faultsOf(demonstration)).toEqual([])
  })

  test('refuses keys that a sandbox made, whatever the file says of itself', async () => {
    const key = await makeSandboxKey()
    const text = (of: KeyObject, type: 'pkcs8' | 'spki') =>
      of.export({ type, format: 'pem' } as never) as string
    folder.put('sandbox-key.pem', text(key, 'pkcs8'))
    folder.put('sandbox-public.pem', text(createPublicKey(key), 'spki'))
    folder.put('sandbox-cert.pem', issueCertificate(key, 'x', Date.now()).pem)
    const app = { appId: '2021000000000009', sellerId: '2088000000000009', name: '店' }
    const keys = { privateKey: { file: 'sandbox-key.pem' }, alipayPublicKey: { file: 'pub_key.pem' } }
    const ofMerchant = 'merchants: 1900000001 has keys that a sandbox made; put in the real ones'
    const changes: ((config: ConfigText) => void)[] = [
      (c) => (c.merchants[0].certificates[0].privateKey = { file: 'sandbox-key.pem' }),
      (c) => (c.merchants[0].publicKeys[0].key = { file: 'sandbox-public.pem' }),
      (c) =>
        (c.merchants[0].platformCertificates = [
          { serialNo: '0123456789AB', certificate: { file: 'sandbox-cert.pem' } },
        ]),
    ]
    for (const change of changes) {
      expect(faultsOf(change, true)).toEqual([ofMerchant])
      expect(faultsOf(change)).toEqual([])
    }
    expect(faultsOf((c) => (c.alipayApps = [{ ...app, ...keys }]), true)).toEqual([
      'alipayApps: 2021000000000009 has keys that a sandbox made; put in the real ones',
    ])
  })

  test('warns of key files that others can read, and of an APIv3 key that can be guessed', () => {
    const path = folder.write((c) => (c.merchants[0].apiV3Key = { file: 'weak-v3' }))
    folder.put('weak-v3', 'a'.repeat(32))
    for (const file of ['weak-v3', 'apiclient_key.pem', 'appsecret', 'pub_key.pem'])
      chmodSync(join(dirname(path), file), 0o600)
    chmodSync(join(dirname(path), 'apiclient_key.pem'), 0o644)
    chmodSync(join(dirname(path), 'pub_key.pem'), 0o644)
    expect(loadConfig(path, { production: true }).warnings).toEqual([
      'merchants.0.certificates: other users of this machine can read its file; chmod 600',
      'merchants: the APIv3 key of 1900000001 can be guessed; set a random one at WeChat',
    ])
    chmodSync(join(dirname(path), 'apiclient_key.pem'), 0o600)
  })

  test.each([
    ['wechatpay', ['https://api.mch.weixin.qq.com', 'https://evil.example']],
    ['wechatpay', ['http://api.mch.weixin.qq.com']],
    ['platform', 'https://api.weixin.qq.com.evil.example'],
    ['platform', 'https://api.weixin.qq.com:8443'],
    ['oauth', 'https://evil.example/open.weixin.qq.com'],
  ])('is asked about at no other %s than the provider’s: %j', (host, address) => {
    expect(faultsOf((config) => (config.hosts = { [host]: address }), true)).toEqual([
      'hosts: only the provider may be asked; remove this field',
    ])
  })
})

describe('the server’s command', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  const run = async (flags: string[], env: Record<string, string> = {}) => {
    const command = startServerCommand(flags, { DATABASE_URL: database.url, ...env })
    return { code: await command.ended, out: command.out(), err: command.err() }
  }
  /** One sentence on stderr, exit code 1, and neither a stack nor a password. */
  const expectSentence = async (ended: ReturnType<typeof run>, sentence: RegExp) => {
    const { code, out, err } = await ended
    expect(err.trim()).toMatch(sentence)
    expect(err).not.toMatch(/ {4}at |node:internal/)
    expect(err).not.toContain(new URL(database.url).password)
    expect({ code, out }).toEqual({ code: 1, out: '' })
  }
  const config = () => ['--config', folder.write()]

  test('asks for a configuration', () =>
    expectSentence(run([]), /^Name the configuration: --config FILE, or QIAOFU_CONFIG\..*$/))

  test('asks for a database', () =>
    expectSentence(run(config(), { DATABASE_URL: '' }), /^DATABASE_URL is not set: e\.g\. postgres:.*$/))

  test('says that an option is unknown', () => expectSentence(run(['--prod']), /^Unknown option '--prod'/))

  test('says all that is wrong with the configuration', () =>
    expectSentence(
      run(['--config', folder.write((c) => (c.merchants[0].demo = true)), '--production']),
      /^The configuration cannot be used:\n {2}- merchants: 1900000001 has demonstration keys; put in the merchant's own$/,
    ))

  test('says which key is not one', () => {
    folder.put('short', 'x')
    const path = folder.write((c) => {
      c.merchants[0].apiV3Key = { file: 'short' }
      c.merchants[0].certificates[0].privateKey = { file: 'short' }
    })
    return expectSentence(
      run(['--config', path]),
      /^The configuration cannot be used:\n {2}- merchant 1900000001: certificates\.0\.privateKey.*\n {2}- merchant 1900000001: apiV3Key: has 1 bytes.*$/,
    )
  })

  test('says that PostgreSQL does not answer', () =>
    expectSentence(
      run(config(), { DATABASE_URL: 'postgres://qiaofu:x@127.0.0.1:1/qiaofu' }),
      /^PostgreSQL does not answer at DATABASE_URL\. Start it, or correct the address: connect ECONNREFUSED.*$/,
    ))

  test('says so too when PostgreSQL’s host swallows what it is sent', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as AddressInfo
    const sockets: Socket[] = []
    silent.on('connection', (socket) => sockets.push(socket))
    const DATABASE_URL = `postgres://qiaofu:x@127.0.0.1:${port}/qiaofu`
    await expectSentence(run(config(), { DATABASE_URL }), /^PostgreSQL does not answer at DATABASE_URL\. .*$/)
    for (const socket of sockets) socket.destroy()
    silent.close()
  })

  test('says that the database does not let it in', () => {
    const url = new URL(database.url)
    url.password = 'guess'
    return expectSentence(
      run(config(), { DATABASE_URL: url.href }),
      /^PostgreSQL refuses the connection: password auth.*$/,
    )
  })

  test('says that the clock of a demonstration does not answer', () => {
    const url = 'http://127.0.0.1:1/clock'
    const path = folder.write((c) => (c.clock = { kind: 'remote', url }))
    return expectSentence(
      run(['--config', path]),
      /^The server cannot start: the clock at .* does not answer\./,
    )
  })

  test('says that its port is taken, and what to do', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    const { port } = holder.address() as AddressInfo
    const path = folder.write((c) => (c.listen.port = port))
    await expectSentence(
      run(['--config', path]),
      new RegExp(
        `^listen EADDRINUSE.*:${port}: another program listens there\\. Stop it, or change listen\\.port\\.$`,
      ),
    )
    holder.close()
  })
})
