/** One rule of the product, taken out: the text that states it, what stands there without it, and the tests that must see it. */
export interface Removal {
  rule: string
  file: string
  /** Found exactly once in the file. */
  states: string
  without: string
  /** Test files, each of which runs alone; at least one test in them must fail. */
  tests: readonly string[]
  /** Words of the titles that are enough; without them the whole files are run. */
  titled?: string
}
