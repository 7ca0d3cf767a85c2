// npm run races: the tests whose files are named races, two hundred rounds each and none tried again; how long each took.
process.env.QIAOFU_RACE_ROUNDS ??= '200'
process.argv.push('races', '--testTimeout=1800000', '--retry=0', '--reporter=verbose')
await import('./test.ts')

export {}
