import { build } from '../../scripts/build.ts'

/** Vitest's global setup for tests in a browser: what it opens is the built pages, as shipped. */
export default async function setup(): Promise<void> {
  await build()
}
