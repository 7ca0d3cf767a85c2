import { parseArgs } from 'node:util'
import { listen } from './cli/listen.ts'
import { exactAddress, Failed, Misused, webAddress } from './cli/misused.ts'
import { run } from './cli/run.ts'
import { start } from './cli/start.ts'
import { trigger } from './cli/trigger.ts'
import { TRIGGER_USAGE, USAGE } from './cli/usage.ts'

/** Every flag of every command. */
const FLAGS = {
  port: { type: 'string', default: '4010' },
  host: { type: 'string', default: '127.0.0.1' },
  data: { type: 'string' },
  'local-notify': { type: 'boolean', default: false },
  h5: { type: 'string' },
  'operator-token-file': { type: 'string' },
  sandbox: { type: 'string' },
  server: { type: 'string' },
  token: { type: 'string' },
  merchant: { type: 'string' },
  to: { type: 'string' },
  'forward-to': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

/** Which of them each command takes. */
const TAKES: Record<string, readonly string[]> = {
  start: ['port', 'host', 'data', 'local-notify', 'h5', 'operator-token-file'],
  run: ['sandbox', 'server', 'token'],
  trigger: ['sandbox', 'merchant', 'to'],
  listen: ['sandbox', 'forward-to'],
}

function readArguments(args: string[]) {
  try {
    return parseArgs({ args, options: FLAGS, allowPositionals: true, tokens: true })
  } catch (error) {
    throw new Misused(`${(error as Error).message} (--help shows what there is)`)
  }
}

/** Resolves with the exit code; undefined: the sandbox runs. */
async function main(args: string[]): Promise<number | undefined> {
  const { values, positionals, tokens } = readArguments(args)
  if (values.help) {
    process.stdout.write(positionals[0] === 'trigger' ? TRIGGER_USAGE : USAGE)
    return 0
  }
  const [command = 'start', ...rest] = positionals
  const takes = Object.hasOwn(TAKES, command) ? TAKES[command] : undefined
  if (!takes || positionals[0] === 'start') {
    throw new Misused(
      `There is no "${command}": there are run, trigger, listen; without one it starts (--help).`,
    )
  }
  const foreign = tokens.find((token) => token.kind === 'option' && !takes.includes(token.name))
  if (foreign?.kind === 'option') throw new Misused(`--${foreign.name} is nothing for ${command} (--help).`)
  const address = (flag: 'sandbox' | 'server' | 'to' | 'forward-to') => {
    const given = values[flag]
    const isBase = flag === 'sandbox' || flag === 'server'
    if (given === undefined) return undefined
    return isBase ? webAddress(`--${flag}`, given) : exactAddress(`--${flag}`, given)
  }
  const sandbox = address('sandbox')
  if (command === 'run') {
    if (rest.length === 0)
      throw new Misused('run plays files: name one or more, e.g. sandbox/scenarios/*.yaml.')
    return run({ files: rest, sandbox, server: address('server'), token: values.token })
  }
  if (command === 'trigger') {
    const [event, ...more] = rest
    const to = address('to')
    if (event === undefined || more.length > 0 || to === undefined) {
      throw new Misused(
        'trigger takes one event and --to URL, e.g. trigger transaction.success --to http://127.0.0.1:3000/notify (trigger --help lists the events).',
      )
    }
    return trigger({ event, to, sandbox, mchid: values.merchant })
  }
  if (rest.length > 0) throw new Misused(`${command} takes no "${rest[0]}" (--help).`)
  if (command === 'listen') return listen({ sandbox, forwardTo: address('forward-to') })
  await start(values)
  return undefined
}

main(process.argv.slice(2)).then(
  (code) => {
    if (code !== undefined) process.exit(code)
  },
  (error: unknown) => {
    const isMisused = error instanceof Misused
    const isPlain = isMisused || error instanceof Failed
    process.stderr.write(`${isPlain ? error.message : (error as Error).stack}\n`)
    process.exit(isMisused ? 2 : 1)
  },
)
