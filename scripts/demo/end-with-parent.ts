// Preloaded into the demonstration's server and sandbox (node --import), so that they need no line about who started them.
//
// The channel to the parent closes when the parent lets go of it, and also when the parent is killed: either way this
// program ends as it would on SIGTERM, and at the latest after a grace period. The same path on every system; Windows
// has no signals.

const GRACE_MS = 5_000

process.on('disconnect', () => {
  setTimeout(() => process.exit(1), GRACE_MS).unref()
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM')
  else process.exit(0)
})
// Waiting for the parent is no work: a program that has nothing else to do may end.
process.channel?.unref()
