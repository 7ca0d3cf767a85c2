import { z } from 'zod'

/** A duration of business time as scenarios write it: 90s, 30m, 2h, 1d. */
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/
const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const duration = z
  .string()
  .regex(DURATION, 'a duration like 90s, 30m, 2h or 1d')
  .transform((text) => {
    const [, count, unit] = DURATION.exec(text)!
    return Number(count) * UNIT_MS[unit!]!
  })
const request = z
  .string()
  .regex(/^(GET|POST|PUT|PATCH|DELETE) \S+$/, 'a method and an address, e.g. POST /api/02/orders')
const variableName = z
  .string()
  .regex(/^[A-Za-z]\w*$/, 'a name of letters and digits')
  .refine((name) => name !== 'fresh', 'fresh is 24 new digits each time: choose another name')
const answer = z.strictObject({
  /** A number, or a pattern like /200|422/. */
  status: z
    .union([z.int(), z.string().regex(/^\/.+\/$/, 'a number, or a pattern like /200|422/')])
    .optional(),
  headers: z.record(z.string(), z.unknown()).optional(),
  body: z.unknown().optional(),
})
const rest = {
  headers: z.record(z.string(), z.string().nullable()).optional(),
  body: z.unknown().optional(),
  expect: answer.optional(),
  until: answer.optional(),
  within: duration.optional(),
  save: z.record(variableName, z.string()).optional(),
}

/** The kinds of steps, each known by its first word. `together` holds steps of its own and is checked with them. */
export const STEPS = {
  sandbox: z.strictObject({ sandbox: request, ...rest }),
  call: z.strictObject({ call: request, ...rest }),
  wechat: z.strictObject({ wechat: request, merchant: z.string().optional(), ...rest }),
  advance: z.strictObject({ advance: duration }),
  include: z.strictObject({ include: z.string(), with: z.record(variableName, z.unknown()).optional() }),
  together: z.strictObject({ together: z.array(z.unknown()).min(2, 'at least two steps') }),
  verdict: z.strictObject({
    verdict: z.union([z.literal('clean'), z.record(z.string(), z.int().min(1))]),
    bill: z.string().optional(),
    within: duration.optional(),
  }),
} as const
export type StepKind = keyof typeof STEPS

/** A request to the sandbox, to the merchant's server, or signed to the gateway. */
export interface RequestStep {
  kind: 'sandbox' | 'call' | 'wechat'
  line: number
  method: string
  address: string
  merchant?: string | undefined
  headers?: Record<string, string | null> | undefined
  body?: unknown
  /** What the answer must be. Without a status: any but an error. */
  expect?: Answer | undefined
  /** Asked again until the answer is so, while business time goes on by `withinMs` in all. */
  until?: Answer | undefined
  withinMs: number
  save?: Record<string, string> | undefined
}

/** What the verdict finds in the end; nothing: it is clean. */
export interface VerdictStep {
  kind: 'verdict'
  line: number
  counts: Record<string, number>
  /** The day whose bill takes the ledger's place. */
  bill?: string | undefined
  withinMs: number
}

/** What an answer must look like; what is not named may be anything. */
export type Answer = z.infer<typeof answer>

/** One step of a scenario, with the line it begins at. */
export type Step =
  | RequestStep
  | { kind: 'advance'; line: number; ms: number }
  | { kind: 'include'; line: number; file: Scenario; with: Record<string, unknown> }
  | { kind: 'together'; line: number; steps: Step[] }
  | VerdictStep

/** A file of steps. */
export interface Scenario {
  path: string
  /** What it shows, in one sentence; of an included file the file's name. */
  title: string
  variables: Record<string, unknown>
  /** Sent with every `call`. */
  headers: Record<string, string | null>
  steps: Step[]
}

/** The frame around the steps. */
export const FILE = z.strictObject({
  scenario: z.string().min(1).optional(),
  about: z.string().optional(),
  variables: z.record(variableName, z.unknown()).default({}),
  headers: rest.headers.default({}),
  steps: z.array(z.unknown()).min(1, 'at least one step'),
})
