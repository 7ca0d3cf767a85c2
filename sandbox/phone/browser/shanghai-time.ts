/** WeChat's phones are in China: the same zone for every phone, without summer time since 1991. */
const ZONE = 'Asia/Shanghai'
const OFFSET_MINUTES = 480
const OFFSET_MS = OFFSET_MINUTES * 60_000

/** Fields of a local time, by the names of Date's getters and setters. */
const FIELDS = ['FullYear', 'Month', 'Date', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'] as const

type Method = (this: Date, ...given: number[]) => number

/**
 * Makes this window's Date and Intl go by Asia/Shanghai, whatever the machine's zone. Runs before the first script of
 * the phone and of every page in it; the instants themselves stay the machine's.
 */
export function keepShanghaiTime(): void {
  const native = Date
  installLocalFields(native.prototype)
  installWords(native.prototype)
  window.Date = new Proxy(native, {
    construct: (target, given: unknown[], called) =>
      Reflect.construct(target, given.length === 0 ? [] : [instantOf(native, given)], called) as object,
    apply: () => new window.Date().toString(),
    get: (target, name, receiver) =>
      name === 'parse'
        ? (text: string) => instantOf(native, [String(text)])
        : Reflect.get(target, name, receiver),
  })
  Object.defineProperty(native.prototype, 'constructor', {
    value: window.Date,
    writable: true,
    configurable: true,
  })
  installZone()
}

/** What the arguments of `new Date(…)` mean, in ms since 1970; NaN: nothing. */
function instantOf(native: DateConstructor, given: unknown[]): number {
  if (given.length > 1) {
    const [year, month, ...rest] = given.map(Number) as [number, number, ...number[]]
    return native.UTC(year, month, ...rest) - OFFSET_MS
  }
  const [only] = given
  if (only instanceof native) return only.getTime()
  const plain = typeof only === 'object' && only !== null ? (only as { valueOf(): unknown }).valueOf() : only
  return typeof plain === 'string' ? parsed(native, plain) : new native(plain as number).getTime()
}

/** A text without a zone is local time, except a date alone in the form of ISO 8601, which is UTC. */
function parsed(native: DateConstructor, text: string): number {
  const isDateOnly = /^\s*[+-]?\d{4,6}(?:-\d{2}){0,2}\s*$/.test(text)
  const hasZone = /(?:Z|UTC|GMT|\b[ECMP][SD]T|\d:\d{2}.*[+-]\d{2}:?\d{2})\s*(?:\(.*\))?\s*$/i.test(text)
  if (isDateOnly || hasZone) return native.parse(text)
  const zoned = /T\d{2}:/.test(text) ? `${text.trim()}+08:00` : `${text} GMT+0800`
  return native.parse(zoned)
}

/** getHours, setHours and their kind: those of UTC, of a moment eight hours later. */
function installLocalFields(prototype: Date): void {
  const methods = prototype as unknown as Record<string, Method>
  const shifted = (date: Date): Date => new Date(date.getTime() + OFFSET_MS)
  for (const field of [...FIELDS, 'Day']) {
    const get = methods[`getUTC${field}`]!
    methods[`get${field}`] = function () {
      return get.call(shifted(this))
    }
  }
  for (const field of FIELDS) {
    const set = methods[`setUTC${field}`]!
    methods[`set${field}`] = function (...given) {
      const local = shifted(this)
      set.apply(local, given)
      return this.setTime(local.getTime() - OFFSET_MS)
    }
  }
  prototype.getTimezoneOffset = function () {
    return Number.isNaN(this.getTime()) ? Number.NaN : -OFFSET_MINUTES
  }
}

/** toString and its kind, and the zone that toLocaleString takes when it is given none. */
function installWords(prototype: Date): void {
  const written = (date: Date): [day: string, time: string] => {
    const [name = '', day = '', month = '', year = '', time = ''] = new Date(date.getTime() + OFFSET_MS)
      .toUTCString()
      .replace(',', '')
      .split(' ')
    return [`${name} ${month} ${day} ${year}`, `${time} GMT+0800 (China Standard Time)`]
  }
  const say = (
    name: 'toString' | 'toDateString' | 'toTimeString',
    pick: (parts: [string, string]) => string,
  ) => {
    prototype[name] = function () {
      return Number.isNaN(this.getTime()) ? 'Invalid Date' : pick(written(this))
    }
  }
  say('toString', ([day, time]) => `${day} ${time}`)
  say('toDateString', ([day]) => day)
  say('toTimeString', ([, time]) => time)
  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'] as const) {
    const original = prototype[name] as (locales?: unknown, options?: object) => string
    prototype[name] = function (this: Date, locales?: unknown, options?: Intl.DateTimeFormatOptions) {
      return original.call(this, locales, inZone(options))
    }
  }
}

/** The options of a page, in China's zone unless they name another. */
const inZone = (options?: Intl.DateTimeFormatOptions): Intl.DateTimeFormatOptions => ({
  ...options,
  timeZone: options?.timeZone ?? ZONE,
})

/** The zone of Intl.DateTimeFormat, which dates in other words of a page are made with. */
function installZone(): void {
  const zoned = ([locales, options]: [string?, Intl.DateTimeFormatOptions?]) => [locales, inZone(options)]
  Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
    construct: (target, given, called) => Reflect.construct(target, zoned(given as []), called) as object,
    apply: (target, self, given) => Reflect.apply(target, self, zoned(given as [])),
  })
}
