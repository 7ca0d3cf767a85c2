import { badInput, NUMBERS, Refused } from './refusal.ts'

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
  /** WeChat prints it when a text does not match. */
  pattern?: RegExp
  /** A rule that no regular expression expresses, and what it asks for. */
  format?: { test(value: string): boolean; needs: string }
  oneOf?: readonly string[]
  /** WeChat's internal number for the field being absent, where it has one. */
  missingNumber?: string
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

type TextRules = Partial<Pick<TextField, 'minBytes' | 'pattern' | 'format' | 'oneOf' | 'missingNumber'>>
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

/** Where a body's fields come from, as WeChat's messages name it. */
const BODY = '/body'

/**
 * Throws WeChat's 400 for the first fault: a value of the wrong type, then an absent field, then names that no document
 * defines, then a value that breaks its field's rules. A null counts as absent.
 * The order of the first three: https://github.com/TheNorthMemory/wechatpay-axios-plugin/issues/38 and
 * https://github.com/Javen205/IJPay/issues/79, where bodies with an undefined name were told of the other fault.
 * @param source what WeChat's messages name as the place of the fields
 */
export function checkFields(fields: Fields, value: Record<string, unknown>, source = BODY): void {
  visitFields(fields, value, source, { given: checkType })
  visitFields(fields, value, source, { absent: refuseAbsent })
  // A close names its fields as part of the address, and what it does not know as part of the body.
  requireKnown(fields, value, source === '/uri_template' ? BODY : source)
  visitFields(fields, value, source, { given: checkRules })
}

/**
 * Reads the query of an address that takes these fields and no others; of a name that comes twice the first counts.
 * An undefined name: https://github.com/wechatpay-apiv3/wechatpay-php/issues/64
 */
export function readQuery<Names extends string>(
  fields: Record<Names, TextField>,
  query: URLSearchParams,
): Partial<Record<Names, string>> {
  const given = Object.fromEntries([...query.keys()].map((name) => [name, query.get(name)]))
  checkFields(fields, given, '/query')
  return given as Partial<Record<Names, string>>
}

/** What is done with each field: with those that have a value, or with those that must have one and have none. */
interface Visitor {
  given?: (field: Field, value: unknown, source: string) => void
  absent?: (field: Field, source: string) => void
}

/** Goes through the fields in the order of the description, into objects and lists of the right type. */
function visitFields(fields: Fields, value: Record<string, unknown>, source: string, visitor: Visitor): void {
  for (const [name, field] of Object.entries(fields)) {
    const inner = value[name]
    if (inner !== undefined && inner !== null) visitValue(field, inner, `${source}/${name}`, visitor)
    else if (field.required) visitor.absent?.(field, `${source}/${name}`)
  }
}

function visitValue(field: Field, value: unknown, source: string, visitor: Visitor): void {
  visitor.given?.(field, value, source)
  if (field.type === 'object' && isObject(value)) visitFields(field.fields, value, source, visitor)
  if (field.type === 'array' && Array.isArray(value)) {
    value.forEach((item, index) => visitValue(field.item, item, `${source}/${index}`, visitor))
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a value has the type of its field, and what WeChat says a field of that type needs. */
const TYPES: Record<Field['type'], { has: (value: unknown) => boolean; needs: string }> = {
  string: { has: (value) => typeof value === 'string', needs: '一个 string 类型的 Json 值' },
  integer: { has: Number.isSafeInteger, needs: '一个合法的 64 位有符号整数' },
  boolean: { has: (value) => typeof value === 'boolean', needs: '一个 boolean 类型的 Json 值' },
  object: { has: isObject, needs: '一个合法的 Json 对象' },
  array: { has: Array.isArray, needs: '一个合法的 Json 数组' },
}

/** https://github.com/minibear2021/wechatpayv3/issues/57 shows an object's message and that `value` is what was sent. */
function checkType(field: Field, value: unknown, source: string): void {
  const { has, needs } = TYPES[field.type]
  if (has(value)) return
  const message = `无法将 JSON 输入源“${source}”映射到目标字段“${field.label}”中，此字段需要${needs}`
  throw badInput(source, value, message)
}

/** https://github.com/wechatpay-apiv3/wechatpay-java/issues/365 */
function refuseAbsent(field: Field, source: string): never {
  const message = `输入源“${source}”映射到字段“${field.label}”必填性规则校验失败，此字段为必填项`
  throw badInput(source, '', message, field.type === 'string' ? field.missingNumber : undefined)
}

/** Names beyond this many are not listed: the answer stays small whatever was sent. */
const LISTED = 20

function requireKnown(fields: Fields, value: Record<string, unknown>, source: string): void {
  const unknown = unknownFields(fields, value, source)
  if (unknown.length === 0) return
  throw new Refused({
    status: 400,
    code: 'PARAM_ERROR',
    message: '请求中含有未在API文档中定义的参数',
    number: NUMBERS.extraParameter,
    detail: { location: null, value: unknown },
  })
}

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

function checkRules(field: Field, value: unknown, source: string): void {
  if (field.type === 'string') checkText(field, value as string, source)
  if (field.type === 'integer') checkIntegerRules(field, value as number, source)
  if (field.type === 'array') checkListRules(field, value as unknown[], source)
}

/**
 * One text; besides fields, the parts of a path go through here. WeChat shows the number of bytes for a wrong length, and
 * otherwise the text itself.
 */
export function checkText(field: TextField, value: string, source: string): void {
  const broken = (rule: string, shown: unknown = value) =>
    badInput(source, shown, `输入源“${source}”映射到值字段“${field.label}”字符串规则校验失败，${rule}`)
  const bytes = Buffer.byteLength(value)
  if (bytes < field.minBytes) throw broken(`字节数 ${bytes}，小于最小值 ${field.minBytes}`, bytes)
  if (bytes > field.maxBytes) throw broken(`字节数 ${bytes}，大于最大值 ${field.maxBytes}`, bytes)
  if (field.pattern && !field.pattern.test(value)) {
    throw broken(`字符串必须匹配正则表达式“${patternText(field.pattern)}”`)
  }
  if (field.format && !field.format.test(value)) throw broken(`字符串应为${field.format.needs}`)
  if (field.oneOf && !field.oneOf.includes(value)) throw broken(`取值应为 ${field.oneOf.join('、')} 之一`)
}

/** As WeChat writes patterns: JavaScript escapes every slash, WeChat none. */
const patternText = ({ source }: RegExp): string => source.replaceAll('\\/', '/')

function checkIntegerRules(field: IntegerField, value: number, source: string): void {
  const broken = (rule: string, number?: string) =>
    badInput(source, value, `输入源“${source}”映射到数值字段“${field.label}”规则校验失败，${rule}`, number)
  if (value < field.min) throw broken(`值低于最小值 ${field.min}`)
  if (field.max !== undefined && value > field.max) {
    throw broken(`值大于最大值 ${field.max}`, NUMBERS.outOfRange)
  }
  if (field.oneOf && !field.oneOf.includes(value)) throw broken(`取值应为 ${field.oneOf.join('、')} 之一`)
}

function checkListRules(field: ListField, value: unknown[], source: string): void {
  if (value.length >= field.minItems) return
  const rule = `元素个数 ${value.length}，小于最小值 ${field.minItems}`
  throw badInput(source, value.length, `输入源“${source}”映射到列表字段“${field.label}”规则校验失败，${rule}`)
}
