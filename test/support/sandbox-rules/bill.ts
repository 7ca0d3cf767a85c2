import type { Reply } from '../sandbox-client.ts'
import { afterDay, askBill, billedDay, download, today } from './bill-requests.ts'
import { PARTNER, partnerWish, SUB } from './refund-requests.ts'
import { DAY_MS, HOUR_MS, MCHID, MINUTE_MS, SECOND_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const parameterError = { status: 400, code: 'PARAM_ERROR', number: '268435461' }

/** The bill of a day with a payment, asked for with more in the query. */
const billWith = async (
  stage: Stage,
  query: Record<string, string> = {},
  kind = 'tradebill',
): Promise<Reply> => askBill(stage, { bill_date: await billedDay(stage), ...query }, { kind })

/** What a sub-merchant was paid on a day, asked for by its partner. */
async function billOfSub(stage: Stage, kind: string): Promise<Reply> {
  await partnerWish(stage)
  const query = { bill_date: await billedDay(stage), sub_mchid: SUB }
  return askBill(stage, query, { kind, mchid: PARTNER })
}

const billAfter = async (stage: Stage, waitMs: number): Promise<Reply> =>
  askBill(stage, { bill_date: await billedDay(stage, waitMs) })

/** The bill of the day after tomorrow's eve: nothing happened then. */
async function quietDay(stage: Stage): Promise<Reply> {
  await billedDay(stage, DAY_MS)
  const date = await today(stage)
  await afterDay(stage, date, 10 * HOUR_MS)
  return askBill(stage, { bill_date: date })
}

async function downloadAfter(stage: Stage, waitMs: number): Promise<Reply> {
  const answer = await billWith(stage)
  await stage.advance(waitMs)
  return download(stage, answer)
}

export const BILL_RULES: Rule[] = [
  {
    id: 'bill.date-required',
    broken: (stage) => askBill(stage, {}),
    answers: { ...parameterError, message: /bill_date/ },
    kept: (stage) => billWith(stage),
  },
  {
    id: 'bill.date-real',
    broken: (stage) => askBill(stage, { bill_date: '2026-02-30' }),
    answers: { ...parameterError, message: /不是有效的日期/ },
    kept: (stage) => billWith(stage),
  },
  {
    id: 'bill.not-today',
    broken: (stage) => billAfter(stage, -SECOND_MS * 10),
    answers: { status: 400, code: 'INVALID_REQUEST' },
    kept: (stage) => billWith(stage),
  },
  {
    id: 'bill.ready-at-ten',
    broken: (stage) => billAfter(stage, 10 * HOUR_MS - 10 * SECOND_MS),
    answers: { status: 400, code: 'STATEMENT_CREATING' },
    kept: (stage) => billAfter(stage, 10 * HOUR_MS),
  },
  {
    id: 'bill.three-months',
    broken: (stage) => billAfter(stage, 93 * DAY_MS),
    answers: { status: 400, code: 'INVALID_REQUEST', message: /三个月/ },
    kept: (stage) => billAfter(stage, 88 * DAY_MS),
  },
  {
    id: 'bill.type',
    broken: (stage) => billWith(stage, { bill_type: 'SOME' }),
    answers: parameterError,
    kept: (stage) => billWith(stage, { bill_type: 'SUCCESS' }),
  },
  {
    id: 'bill.tar-type',
    broken: (stage) => billWith(stage, { tar_type: 'ZIP' }),
    answers: parameterError,
    kept: (stage) => billWith(stage, { tar_type: 'GZIP' }),
  },
  {
    id: 'bill.sub-mchid',
    broken: (stage) => billWith(stage, { sub_mchid: '1900000013' }),
    answers: { status: 400, code: 'PARAM_ERROR', number: '268443701' },
    kept: (stage) => billWith(stage),
  },
  {
    id: 'bill.some-trade',
    broken: quietDay,
    answers: { status: 400, code: 'NO_STATEMENT_EXIST' },
    kept: (stage) => billWith(stage),
  },
  {
    id: 'bill-fund.account-type',
    broken: (stage) => billWith(stage, { account_type: 'MINE' }, 'fundflowbill'),
    answers: parameterError,
    kept: (stage) => billWith(stage, { account_type: 'BASIC' }, 'fundflowbill'),
  },
  {
    id: 'bill-fund.sub-mchid',
    broken: (stage) => billWith(stage, { sub_mchid: '1900000013' }, 'fundflowbill'),
    answers: { status: 400, code: 'PARAM_ERROR', number: '268443701' },
    kept: (stage) => billOfSub(stage, 'fundflowbill'),
  },
  {
    id: 'bill-fund.some-movement',
    broken: (stage) => billWith(stage, { account_type: 'FEES' }, 'fundflowbill'),
    answers: { status: 400, code: 'NO_STATEMENT_EXIST' },
    kept: (stage) => billWith(stage, {}, 'fundflowbill'),
  },
  {
    id: 'bill-download.token',
    broken: (stage) => stage.sandbox.call(MCHID, 'GET', '/v3/billdownload/file?token=x'),
    answers: { ...parameterError, message: /token/ },
    kept: (stage) => downloadAfter(stage, 0),
  },
  {
    id: 'bill-download.five-minutes',
    broken: (stage) => downloadAfter(stage, 5 * MINUTE_MS),
    answers: { ...parameterError, message: /token/ },
    kept: (stage) => downloadAfter(stage, 5 * MINUTE_MS - 10 * SECOND_MS),
  },
  {
    id: 'bill-download.of-merchant',
    broken: async (stage) => download(stage, await billWith(stage), '1900000002'),
    answers: { ...parameterError, message: /token/ },
    kept: (stage) => downloadAfter(stage, 0),
  },
  {
    id: 'bill-download.tartype',
    broken: async (stage) => download(stage, await billWith(stage), MCHID, '&tartype=zip'),
    answers: { ...parameterError, message: /tartype/ },
    kept: async (stage) => download(stage, await billWith(stage), MCHID, '&tartype=gzip'),
  },
]
