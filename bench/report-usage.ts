// Preloaded into the measured server: answers each message with what it has used so far.

/** CPU time since the program began, memory now, and the most that it ever was. */
export type Usage = { cpuMicroseconds: number; rssBytes: number; peakRssBytes: number }

if (process.send && process.env.QIAOFU_BENCH) {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({
      cpuMicroseconds: user + system,
      rssBytes: process.memoryUsage.rss(),
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    } satisfies Usage)
  })
  process.channel?.unref()
}
