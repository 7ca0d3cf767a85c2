import { badParameter, NUMBERS, Refused } from './refusal.ts'

/** What a field of a request body must be. `label` is WeChat's Chinese name of it. */
export type Field = TextField | IntegerField | BooleanField | ObjectField | ListField

interface Labelled {
  label: string
  required: boolean
}
interface TextField extends Labelled {
  type: 'string'
  /** In bytes of UTF-8, as WeChat's own messages count (字节数). */
  minBytes: number
  maxBytes: number
  /** A regular expression, or any other judge of the whole text. */
  pattern?: { test(value: string): boolean }
  oneOf?: readonly string[]
  /** What WeChat says when it is missing, where it has an internal number of its own for that. */
  missing?: { number: string; message?: string }
}
interface IntegerField extends Labelled {
  type: 'integer'
  min: number
  max?: number
  oneOf?: readonly number[]
}
interface BooleanField extends Labelled {
  type: 'boolean'
}
interface ObjectField extends Labelled {
  type: 'object'
  fields: Fields
}
interface ListField extends Labelled {
  type: 'array'
  item: Field
  minItems: number
}

/** The fields of an object, by name. */
export type Fields = Record<string, Field>

type TextRules = Partial<Pick<TextField, 'minBytes' | 'pattern' | 'oneOf' | 'missing'>>
type IntegerRules = Partial<Pick<IntegerField, 'max' | 'oneOf'>>

export const text = (label: string, maxBytes: number, rules: TextRules = {}): TextField => ({
  type: 'string',
  label,
  required: false,
  minBytes: 1,
  maxBytes,
  ...rules,
})
export const integer = (label: string, min: number, rules: IntegerRules = {}): IntegerField => ({
  type: 'integer',
  label,
  required: false,
  min,
  ...rules,
})
export const boolean = (label: string): BooleanField => ({ type: 'boolean', label, required: false })
export const object = (label: string, fields: Fields): ObjectField => ({
  type: 'object',
  label,
  required: false,
  fields,
})
export const list = (label: string, item: Field, minItems = 0): ListField => ({
  type: 'array',
  label,
  required: false,
  item,
  minItems,
})
export const must = <Kind extends Field>(field: Kind): Kind => ({ ...field, required: true })

/**
 * Throws WeChat's 400 for the first fault. Fields that no document defines are refused before anything else, as WeChat
 * does: https://pay.weixin.qq.com/doc/v3/merchant/4012791869. A null counts as absent.
 */
export function checkFields(fields: Fields, value: Record<string, unknown>, source = '/body'): void {
  const unknown = unknownFields(fields, value, source)
  if (unknown.length > 0) {
    throw new Refused({
      status: 400,
      code: 'PARAM_ERROR',
      message: '请求中含有未在API文档中定义的参数',
      number: NUMBERS.extraParameter,
      detail: { location: null, value: unknown },
    })
  }
  checkObject(fields, value, source)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Names beyond this many are not listed: the answer stays small whatever was sent. */
const LISTED = 20

function unknownFields(fields: Fields, value: Record<string, unknown>, source: string): string[] {
  const found: string[] = []
  const visit = (field: Field | undefined, inner: unknown, at: string) => {
    if (found.length >= LISTED) return
    if (!field) found.push(at.slice(0, 200))
    else if (field.type === 'object' && isObject(inner)) visitAll(field.fields, inner, at)
    else if (field.type === 'array' && Array.isArray(inner)) {
      inner.slice(0, 1_000).forEach((item, index) => visit(field.item, item, `${at}/${index}`))
    }
  }
  const visitAll = (known: Fields, inner: Record<string, unknown>, at: string) => {
    for (const name of Object.keys(inner)) {
      visit(Object.hasOwn(known, name) ? known[name] : undefined, inner[name], `${at}/${name}`)
    }
  }
  visitAll(fields, value, source)
  return found
}

function checkObject(fields: Fields, value: Record<string, unknown>, source: string): void {
  for (const [name, field] of Object.entries(fields)) {
    const inner = value[name]
    if (inner !== undefined && inner !== null) checkValue(field, inner, `${source}/${name}`)
    else if (field.required) throw missing(field, `${source}/${name}`)
  }
}

function checkValue(field: Field, value: unknown, source: string): void {
  if (field.type === 'string') return checkText(field, value, source)
  if (field.type === 'integer') return checkInteger(field, value, source)
  if (field.type === 'boolean') {
    if (typeof value !== 'boolean') throw wrongType(field, value, source, '一个 boolean 类型的 Json 值')
    return
  }
  if (field.type === 'array') {
    if (!Array.isArray(value)) throw wrongType(field, value, source, '一个 array 类型的 Json 值')
    if (value.length < field.minItems) {
      const rule = `元素个数 ${value.length}，小于最小值 ${field.minItems}`
      throw badParameter(
        source,
        value.length,
        `输入源“${source}”映射到列表字段“${field.label}”规则校验失败，${rule}`,
      )
    }
    value.forEach((item, index) => checkValue(field.item, item, `${source}/${index}`))
    return
  }
  if (!isObject(value)) throw wrongType(field, value, source, '一个 object 类型的 Json 值')
  checkObject(field.fields, value, source)
}

/** One text, wherever it was read: also path and query values go through here. */
export function checkText(field: TextField, value: unknown, source: string): void {
  if (typeof value !== 'string') throw wrongType(field, value, source, '一个 string 类型的 Json 值')
  const bytes = Buffer.byteLength(value)
  if (bytes === 0 && field.minBytes > 0) throw missing(field, source)
  const broken = (rule: string) =>
    badParameter(source, bytes, `输入源“${source}”映射到值字段“${field.label}”字符串规则校验失败，${rule}`)
  if (bytes < field.minBytes) throw broken(`字节数 ${bytes}，小于最小值 ${field.minBytes}`)
  if (bytes > field.maxBytes) throw broken(`字节数 ${bytes}，大于最大值 ${field.maxBytes}`)
  if (field.pattern && !field.pattern.test(value)) throw broken('字符串不匹配正则表达式')
  if (field.oneOf && !field.oneOf.includes(value)) throw broken(`取值应为 ${field.oneOf.join('、')} 之一`)
}

function checkInteger(field: IntegerField, value: unknown, source: string): void {
  if (!Number.isSafeInteger(value)) throw wrongType(field, value, source, '一个合法的 64 位有符号整数')
  const found = value as number
  const broken = (rule: string, number?: string) =>
    badParameter(
      source,
      found,
      `输入源“${source}”映射到数值字段“${field.label}”规则校验失败，${rule}`,
      number,
    )
  if (found < field.min) throw broken(`值低于最小值 ${field.min}`)
  if (field.max !== undefined && found > field.max) {
    throw broken(`值大于最大值 ${field.max}`, NUMBERS.outOfRange)
  }
  if (field.oneOf && !field.oneOf.includes(found)) throw broken(`取值应为 ${field.oneOf.join('、')} 之一`)
}

function wrongType(field: Field, value: unknown, source: string, needed: string): Refused {
  const shown = typeof value === 'object' ? null : typeof value === 'string' ? value.slice(0, 64) : value
  return badParameter(
    source,
    shown,
    `无法将 JSON 输入源“${source}”映射到目标字段“${field.label}”中，此字段需要${needed}`,
  )
}

function missing(field: Field, source: string): Refused {
  if (field.type === 'string') {
    const message =
      field.missing?.message ??
      `输入源“${source}”映射到值字段“${field.label}”字符串规则校验失败，字节数 0，小于最小值 ${field.minBytes}`
    return badParameter(source, '', message, field.missing?.number)
  }
  return badParameter(source, null, `缺少必填参数：输入源“${source}”应映射到字段“${field.label}”`)
}
