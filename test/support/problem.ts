import { expect } from 'vitest'
import type { Problem } from '../../contract/problem.ts'
import type { ApiAnswer } from './customer.ts'

const TYPES: Record<number, string> = {
  400: '/problems/invalid-input',
  401: '/problems/not-signed-in',
  403: '/problems/not-allowed',
  404: '/problems/not-found',
  409: '/problems/conflict',
  429: '/problems/too-many',
  500: '/problems/unexpected',
  502: '/problems/channel-refused',
  503: '/problems/unavailable',
  504: '/problems/channel-unknown',
}

/** Expects a problem of that status in the one shape of all our errors, and returns it. */
export function expectProblem(answer: ApiAnswer, status: number): Problem {
  expect(answer).toMatchObject({ status })
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  const problem = answer.body as Problem
  expect(problem).toMatchObject({ status, type: TYPES[status], title: expect.stringMatching(/^[A-Z]/) })
  expect(problem.detail).toMatch(/[\u4e00-\u9fff].*。$/u)
  expect(problem.requestId).toMatch(/^[0-9a-f-]{36}$/)
  for (const { message } of problem.errors ?? []) expect(message).toMatch(/[\u4e00-\u9fff]/u)
  return problem
}
