/** How often a race is run: `sample` times beside the other tests; `npm run races` makes it 200. */
export const rounds = (sample: number): number => Number(process.env.QIAOFU_RACE_ROUNDS ?? sample)
