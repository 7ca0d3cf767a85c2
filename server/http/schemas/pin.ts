import type { z } from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Flat<T> = T extends (infer E)[] ? Flat<E>[] : T extends object ? { [K in keyof T]: Flat<T[K]> } : T

/** Compiles only while a schema says exactly what the contract says, in both directions. */
export const pin =
  <Contract>() =>
  <S extends z.ZodType>(schema: Same<Flat<z.output<S>>, Flat<Contract>> extends true ? S : never): S =>
    schema
