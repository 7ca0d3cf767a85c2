import { expect, test } from 'vitest'
import { createLog } from '../../server/shared/log.ts'

const written = (write: (log: ReturnType<typeof createLog>) => void) => {
  const lines: string[] = []
  write(createLog('info', { write: (line) => void lines.push(line) }))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('the log tells of an error its name, sentence and place, and not the row that PostgreSQL adds', () => {
  const error = Object.assign(new Error('new row violates a check'), {
    detail: 'Failing row contains (wx01, o-somebody, …)',
    where: 'o-somebody',
    parameters: ['o-somebody'],
    cause: new Error('o-somebody'),
  })
  const lines = written((log) => log.child({ number: 'x' }).error({ err: error }, 'left for a later sweep'))
  expect(lines).toMatchObject([
    { number: 'x', err: { type: 'Error', message: 'new row violates a check', stack: expect.any(String) } },
  ])
  expect(JSON.stringify(lines)).not.toContain('o-somebody')
})

test('the log masks what opens a door or names a person, should somebody write it there', () => {
  const secret = 's3cret'
  const credentials = ['openid', 'code', 'ticket', 'token', 'state', 'authorization', 'cookie', 'paySign']
  const personal = ['shipping', 'address', 'phone']
  const names = [...credentials, ...personal]
  const fieldsOf = (keys: string[]) => Object.fromEntries(keys.map((key) => [key, secret]))
  const nested = fieldsOf(['openid', ...personal])
  const text = JSON.stringify(written((log) => log.info({ ...fieldsOf(names), order: nested }, 'x')))
  expect(text).not.toContain(secret)
  expect(text.match(/\[masked\]/g)).toHaveLength(names.length + Object.keys(nested).length)
})
