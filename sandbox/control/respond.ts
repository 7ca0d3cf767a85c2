import type { Request, Response } from 'express'
import type { z } from 'zod'

/** The one shape of a refusal on the control plane; `code` where a page says it in its reader's language. */
export function refuse(res: Response, status: number, message: string, code?: string): void {
  res.status(status).json({ message, code })
}

/** The body in the wanted shape; otherwise answers 400 with every fault, and returns undefined. */
export function readBody<Shape extends z.ZodType>(
  req: Request,
  res: Response,
  shape: Shape,
): z.infer<Shape> | undefined {
  if (req.body === undefined && Number(req.headers['content-length'] ?? 0) > 0) {
    refuse(res, 400, 'body: not read, send it with content-type: application/json')
    return undefined
  }
  const parsed = shape.safeParse(req.body ?? {})
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
  refuse(res, 400, faults.join('; '))
  return undefined
}
