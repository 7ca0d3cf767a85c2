/// <reference types="vite/client" />

const sources = import.meta.glob('../../miniprogram/**/*.ts')

/**
 * A module of the mini-program, by its path below miniprogram/ and without extension. Its types belong to another
 * world (wx, no DOM), so tests write down the part they use.
 */
export function source<Exports>(path: string): Promise<Exports> {
  const load = sources[`../../miniprogram/${path}.ts`]
  if (!load) throw new Error(`there is no miniprogram/${path}.ts`)
  return load() as Promise<Exports>
}
