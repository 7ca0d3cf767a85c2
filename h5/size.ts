import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** What a phone on a slow network can bear before the catalogue appears, in bytes of gzip; kB are 1000 bytes. */
export const firstLoadMostBytes = 45_000

/** Measures what dist/h5/index.html loads before anything is shown: its scripts, and what these need at once. */
export function measureFirstLoad(distDir: string): { scriptBytes: number; styleBytes: number } {
  const html = readFileSync(join(distDir, 'index.html'), 'utf8')
  const gzipBytes = (pattern: RegExp) =>
    [...html.matchAll(pattern)]
      .map(([, path = '']) => gzipSync(readFileSync(join(distDir, path)), { level: 9 }).length)
      .reduce((sum, bytes) => sum + bytes, 0)
  return {
    scriptBytes: gzipBytes(/(?:src|href)="(\/assets\/[^"]+\.js)"/g),
    styleBytes: gzipBytes(/href="(\/assets\/[^"]+\.css)"/g),
  }
}

if (import.meta.main) {
  const { scriptBytes, styleBytes } = measureFirstLoad(join(import.meta.dirname, '../dist/h5'))
  const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
  console.log(
    `H5 first load: ${kB(scriptBytes)} JS, ${kB(styleBytes)} CSS (gzip; JS at most ${kB(firstLoadMostBytes)})`,
  )
  if (scriptBytes > firstLoadMostBytes) process.exitCode = 1
}
