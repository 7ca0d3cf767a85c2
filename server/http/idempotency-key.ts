import type { Request } from 'express'
import { z } from 'zod'
import { KindError } from '../shared/errors.ts'

const keyShape = /^[0-9A-Za-z_-]{16,64}$/

/** For the API's description. */
export const idempotencyHeader = z.object({ 'Idempotency-Key': z.string().regex(keyShape) })

/** The key under which a repeated request is the same request. Throws InvalidInput without a good one. */
export function idempotencyKeyOf(req: Request): string {
  const key = req.get('idempotency-key') ?? ''
  if (keyShape.test(key)) return key
  throw new KindError('InvalidInput', '提交的内容有误，请返回重试。', {
    errors: [{ path: 'Idempotency-Key', message: '须为 16 到 64 个字母、数字、_ 或 -' }],
  })
}
