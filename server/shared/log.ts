import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { pino, type DestinationStream, type Logger } from 'pino'
import type { Options } from 'pino-http'

/** PostgreSQL tells whole rows in an error's `detail`, openids and all: only these three are told. */
const describeError = (error: Error) => ({ type: error.name, message: error.message, stack: error.stack })

/** JSON lines. Anything that could open a door or name a person is masked wherever it stands. */
export const createLog = (level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      redact: {
        paths: [
          'openid',
          '*.openid',
          'code',
          'ticket',
          'token',
          'state',
          'authorization',
          'cookie',
          'paySign',
          'shipping',
          '*.shipping',
          'address',
          '*.address',
          'phone',
          '*.phone',
        ],
        censor: '[masked]',
      },
    },
    destination,
  )

/** One line a request: its path without the query, which may hold a code or a state. */
export const requestLog = (logger: Logger): Options => ({
  logger,
  genReqId: () => randomUUID(),
  quietReqLogger: true,
  customAttributeKeys: { reqId: 'requestId' },
  serializers: {
    req: (req: IncomingMessage & { raw?: { url?: string } }) => ({
      method: req.method,
      path: (req.raw?.url ?? req.url ?? '').split('?')[0],
    }),
    res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    err: describeError,
  },
  customLogLevel: (_req, res, error) => (error || res.statusCode >= 500 ? 'warn' : 'info'),
})
