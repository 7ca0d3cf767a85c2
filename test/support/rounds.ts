/** How often a race is run. A sample beside the other tests; `npm run races` makes it 200. */
export const roundCount = Number(process.env.QIAOFU_RACE_ROUNDS ?? 20)
