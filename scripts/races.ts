// npm run races: the tests whose files are named races, two hundred rounds each, and how long each took.
process.env.QIAOFU_RACE_ROUNDS ??= '200'
process.argv.push('races', '--testTimeout=900000', '--reporter=verbose')
await import('./test.ts')

export {}
