/**
 * The sandbox as node is told to run it, the same as in package.json and sandbox/Dockerfile. What it keeps of a call is
 * old rubbish minutes later: left alone, V8 lets 300 MB of that pile up beside 100,000 trades before it cleans up.
 */
export const sandboxProgram = ['--max-semi-space-size=8', '--heap-growing-percent=60', 'sandbox/main.ts']
