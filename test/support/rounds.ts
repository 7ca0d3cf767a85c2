/** How often a race is run: a few times beside the other tests; `npm run races` makes it 200. */
export const roundCount = Number(process.env.QIAOFU_RACE_ROUNDS ?? 4)

/** How many run at the same moment, in every race. */
export const CROWD = 50

/** Everybody, or so many, at the same moment. Resolves with what came of each. */
export const atOnce = <T>(act: (i: number) => Promise<T>, count = CROWD): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => act(i)))
