/**
 * The server as node is told to run it, the same as in package.json and docs/deploy.md. What a request leaves behind is
 * small and short-lived: left alone, V8 lets it pile up to a hundred megabytes and more before it cleans up.
 */
export const serverProgram = ['--max-semi-space-size=4', '--heap-growing-percent=30', 'server/main.ts']
