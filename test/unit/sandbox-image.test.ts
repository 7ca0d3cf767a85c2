import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const repository = join(import.meta.dirname, '../..')
let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'sandbox-image-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

test('the files that the image is made of start a sandbox by themselves, and are nothing of the server’s', async () => {
  const copied = spawnSync(process.execPath, [join(repository, 'scripts/sandbox-files.ts'), dir])
  expect(copied.status).toBe(0)
  expect(readdirSync(dir)).toEqual(expect.arrayContaining(['node_modules', 'sandbox']))
  for (const part of ['server', 'h5', 'test', 'node_modules/pg', 'node_modules/vue'])
    expect(existsSync(join(dir, part))).toBe(false)

  const sandbox = spawn(process.execPath, ['sandbox/main.ts', '--port', '0', '--local-notify'], { cwd: dir })
  const ended = new Promise<number | null>((resolve) => sandbox.on('close', resolve))
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let text = ''
      const hear = (chunk: Buffer) => {
        text += chunk.toString()
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(text)
        if (address && text.includes('in memory')) resolve(address[0])
      }
      sandbox.stdout.on('data', hear)
      sandbox.stderr.on('data', hear)
      void ended.then(() => reject(new Error(text)))
    })
    // What the Dockerfile asks for its health, at this port.
    const dockerfile = readFileSync(join(repository, 'sandbox/Dockerfile'), 'utf8')
    const check = JSON.parse(/HEALTHCHECK [\s\S]*?CMD (\[.*\])/.exec(dockerfile)![1]!) as string[]
    const asked = check[2]!.replace('http://127.0.0.1:4010', url)
    expect(spawnSync(process.execPath, ['-e', asked]).status).toBe(0)
    const played = ['run', 'sandbox/scenarios/expired-prepay.yaml', '--sandbox', url]
    const ran = spawnSync(process.execPath, ['sandbox/main.ts', ...played], { cwd: dir })
    // It comes as far as the shop that is not there.
    expect(ran.stdout.toString()).toContain('a call needs the merchant’s server')
  } finally {
    sandbox.kill('SIGTERM')
  }
  expect(await ended).toBe(0)
})
