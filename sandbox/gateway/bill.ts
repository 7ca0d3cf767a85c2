import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { BILL_DATE, readBillDay } from './bill-day.ts'
import { fundBill } from './bill-fund.ts'
import { printBill } from './bill-table.ts'
import type { BillTable } from './bill-table.ts'
import { tradeBill } from './bill-trade.ts'
import type { BillType } from './bill-trade.ts'
import { weatheredBill } from './bill-weather.ts'
import type { Answer, Call, FileAnswer } from './call.ts'
import { must, readQuery, text } from './fields.ts'
import { requireSubMerchant } from './identity.ts'
import { SUB_MCHID } from './prepay-fields.ts'
import { badParameter, NUMBERS, Refused } from './refusal.ts'

const DONE: readonly string[] = ['ALL', 'SUCCESS', 'REFUND']
const BILL_TYPE = text('账单类型', 32, {
  oneOf: [...DONE, 'RECHARGE_REFUND', 'ALL_SPECIAL', 'SUC_SPECIAL', 'REF_SPECIAL'],
})
const ACCOUNT_TYPE = text('资金账户类型', 32, { oneOf: ['BASIC', 'OPERATION', 'FEES'] })
const TAR_TYPE = text('压缩类型', 32, { oneOf: ['GZIP'] })

const COMMON_FIELDS = { bill_date: BILL_DATE, sub_mchid: SUB_MCHID, tar_type: TAR_TYPE }

/** GET /v3/bill/tradebill: payments and refunds of a day. https://pay.weixin.qq.com/doc/v3/merchant/4012556654 */
export function requestTradeBill(call: Call): Answer {
  const { world, merchant, query } = call
  const given = readQuery({ ...COMMON_FIELDS, bill_type: BILL_TYPE }, query)
  const day = readBillDay(given.bill_date!, world.clock.nowMs())
  const type = given.bill_type ?? 'ALL'
  const subMchid = subMerchantAsked(call, given.sub_mchid)
  if (!DONE.includes(type)) throw noStatement()
  const bill = tradeBill(world, day, { mchid: merchant.mchid, subMchid, type: type as BillType })
  return offer(call, weatheredBill(world, merchant.mchid, bill))
}

/** GET /v3/bill/fundflowbill: what moved in the merchant's account on a day, or in a sub-merchant's. Only the basic account is ever used. */
export function requestFundBill(call: Call): Answer {
  const { world, merchant, query } = call
  const given = readQuery({ ...COMMON_FIELDS, account_type: ACCOUNT_TYPE }, query)
  const day = readBillDay(given.bill_date!, world.clock.nowMs())
  if ((given.account_type ?? 'BASIC') !== 'BASIC') throw noStatement()
  const mchid = subMerchantAsked(call, given.sub_mchid) ?? merchant.mchid
  return offer(call, fundBill(world, mchid, day))
}

function subMerchantAsked({ merchant }: Call, given: string | undefined): string | null {
  return given === undefined ? null : requireSubMerchant(merchant, given, '/query/sub_mchid').mchid
}

/** Where the bill can be fetched, and the SHA-1 of its text before compression. */
function offer({ world, merchant, query, origin }: Call, table: BillTable): Answer {
  const isGzip = query.has('tar_type')
  if (table.rows.length === 0) throw noStatement()
  const bill = printBill(table)
  const token = world.billFiles.add(merchant.mchid, bill)
  return {
    hash_type: 'SHA1',
    hash_value: createHash('sha1').update(bill).digest('hex'),
    download_url: `${origin}/v3/billdownload/file?token=${token}${isGzip ? '&tartype=gzip' : ''}`,
  }
}

/**
 * GET /v3/billdownload/file: the bytes, unsigned, for the merchant that asked, within five minutes.
 * https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter4_5_8.shtml
 */
export function downloadBill({ world, merchant, query }: Call): FileAnswer {
  const given = readQuery({ token: must(text('下载令牌', 512)), tartype: text('压缩类型', 32) }, query)
  const [token, tarType] = [given.token!, given.tartype]
  if (tarType !== undefined && tarType.toLowerCase() !== 'gzip') {
    throw badParameter('/query/tartype', tarType, '压缩类型tartype仅支持gzip')
  }
  const bill = world.billFiles.find(merchant.mchid, token)
  if (bill === undefined) throw badParameter('/query/token', token.slice(0, 64), '下载令牌token无效或已过期')
  return tarType === undefined
    ? { file: Buffer.from(bill), contentType: 'text/plain' }
    : { file: gzipSync(bill), contentType: 'application/x-gzip' }
}

function noStatement(): Refused {
  return new Refused({
    status: 400,
    code: 'NO_STATEMENT_EXIST',
    message: '请求的账单文件不存在',
    number: NUMBERS.parameter,
  })
}
