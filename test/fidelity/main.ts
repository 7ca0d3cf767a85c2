// npm run fidelity -- FILE: every answer of the gateway against a published OpenAPI description of WeChat Pay APIv3.
// A client written by others asks at every address, as a merchant and as a partner. Exit code 1: there are differences.
import { axiosWalker, KEY_MODES } from '../support/axios-walker.ts'
import type { Passed } from '../support/axios-walker.ts'
import { walkGateway } from '../support/gateway-tour.ts'
import { openStage } from '../support/sandbox-rules/rule.ts'
import { readDescription } from './description.ts'
import type { Description } from './description.ts'
import { differences } from './differences.ts'

const MERCHANT = '1900000001'
const PARTNER = '1900000003'

const isOrderQuery = (address: string) => /^\/v3\/pay\/.*\/(out-trade-no|id)\/\{\w+\}$/.test(address)

/**
 * What WeChat's own page of the query lists, and a description may lack: printed, and no difference. Both queries answer
 * the same. https://pay.weixin.qq.com/doc/v3/merchant/4012556352
 */
const ON_THE_PAGE = ['promotion_detail', 'payer', 'amount.payer_total', 'amount.payer_currency'].map(
  (name) => `${name} is not described`,
)

/**
 * What a query leaves out though descriptions that reuse the order's own fields require it: a query tells nothing of
 * description and notify_url, and of the money only once it was paid. https://pay.weixin.qq.com/doc/v3/merchant/4012556352
 */
function isLeftOut(address: string, told: Record<string, unknown>, difference: string): boolean {
  if (!isOrderQuery(address)) return false
  if (difference === 'description is missing' || difference === 'notify_url is missing') return true
  const isUnpaid = told['trade_state'] === 'NOTPAY' || told['trade_state'] === 'CLOSED'
  return isUnpaid && difference === 'amount is missing'
}

/** Everything that answers differ in, each once. */
type Findings = { checked: number; operations: Set<string>; notes: Set<string>; found: Set<string> }

function judge(description: Description, findings: Findings, { method, address, answer }: Passed): void {
  const operation = `${method} ${address}`
  const schema = description.answerOf(method, address, answer.status)
  if (schema === 'address') return void findings.notes.add(`${operation} itself`)
  findings.checked += 1
  findings.operations.add(operation)
  if (schema === 'status') return void findings.found.add(`${operation}: ${answer.status} is not described`)
  // A file is bytes, and nothing is nothing.
  if (schema === null) return
  for (const difference of differences(schema, answer.data)) {
    if (isLeftOut(address, answer.data, difference)) continue
    const isNoted = isOrderQuery(address) && ON_THE_PAGE.includes(difference)
    const list = isNoted ? findings.notes : findings.found
    list.add(`${operation}: ${difference}`)
  }
}

async function main(): Promise<void> {
  const [file] = process.argv.slice(2)
  if (file === undefined) throw new Error('Usage: npm run fidelity -- FILE, an OpenAPI description in JSON')
  const description = readDescription(file)
  const findings: Findings = { checked: 0, operations: new Set(), notes: new Set(), found: new Set() }
  const stage = await openStage()
  try {
    await stage.sandbox.control('/keys/rotate', { mchid: PARTNER, to: 'public-key', percent: 50 })
    for (const mchid of [MERCHANT, PARTNER]) {
      for (const mode of KEY_MODES) {
        await walkGateway(
          stage,
          axiosWalker(stage, mode, mchid, (passed) => judge(description, findings, passed)),
        )
      }
    }
  } finally {
    await stage.close()
  }
  for (const note of findings.notes) console.log(`beyond the description, by WeChat's page: ${note}`)
  for (const difference of findings.found) console.log(difference)
  console.log(
    `\n${findings.checked} answers of ${findings.operations.size} operations checked, ${findings.found.size} differences`,
  )
  process.exitCode = findings.found.size > 0 ? 1 : 0
}

main().catch((error: unknown) => {
  console.error((error as Error).message)
  process.exitCode = 1
})
