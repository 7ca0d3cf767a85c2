// Preloaded into the measured server: answers each message with what it has used so far.

/** CPU time since the program began, and memory now. */
export type Usage = { cpuMicroseconds: number; rssBytes: number }

if (process.send && process.env.QIAOFU_BENCH) {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuMicroseconds: user + system, rssBytes: process.memoryUsage.rss() } satisfies Usage)
  })
  process.channel?.unref()
}
