import { parseArgs, type ParseArgsConfig } from 'node:util'

/** The options of a developer's command. What is wrong with them ends the process: a reason, the usage, exit code 2. */
export interface Options<Values> {
  values: Values
  /** A whole number from `least` to `most`. */
  whole(name: keyof Values & string, least?: number, most?: number): number
}

/** Reads them. `usage` is the command's line, e.g. "npm run chaos -- [--seed 1]"; `--help` prints it. */
export function readOptions<const T extends NonNullable<ParseArgsConfig['options']>>(
  usage: string,
  options: T,
): Options<ReturnType<typeof parseArgs<{ options: T }>>['values']> {
  if (process.argv.includes('--help')) {
    console.log(`Usage: ${usage}`)
    process.exit()
  }
  const refuse = (reason: string): never => {
    console.error(`${reason}\nUsage: ${usage}`)
    process.exit(2)
  }
  const read = () => {
    try {
      return parseArgs({ options }).values
    } catch (error) {
      return refuse((error as Error).message)
    }
  }
  const values = read()
  const given = values as Record<string, string | undefined>
  return {
    values,
    whole(name, least = 0, most = Number.MAX_SAFE_INTEGER) {
      const number = Number(given[name])
      if (Number.isSafeInteger(number) && number >= least && number <= most) return number
      const upTo = most === Number.MAX_SAFE_INTEGER ? 'up' : `to ${most}`
      return refuse(`--${name} takes a whole number from ${least} ${upTo}, not "${given[name]}".`)
    },
  }
}
