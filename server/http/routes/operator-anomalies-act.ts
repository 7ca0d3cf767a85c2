import { resolveAnomaly } from '../../refunds/resolve-anomaly.ts'
import { defineOperatorRoute } from '../operator.ts'
import { anomalyActionSchema, anomalyIdParams, anomalySchema } from '../schemas/operator.ts'

export const operatorAnomaliesAct = defineOperatorRoute({
  method: 'post',
  path: '/anomalies/:anomalyId/actions',
  summary: 'End an anomaly by one of its actions',
  params: anomalyIdParams,
  body: anomalyActionSchema,
  answer: anomalySchema,
  handle: ({ services, operator, params, body }) =>
    resolveAnomaly(services, { ...params, wish: body, by: operator }),
})
