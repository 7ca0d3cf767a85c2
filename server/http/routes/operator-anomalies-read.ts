import { readAnomaly } from '../../refunds/read-anomalies.ts'
import { defineOperatorRoute } from '../operator.ts'
import { anomalyDetailSchema, anomalyIdParams } from '../schemas/operator.ts'

export const operatorAnomaliesRead = defineOperatorRoute({
  method: 'get',
  path: '/anomalies/:anomalyId',
  summary: 'One anomaly, also when it has ended, and all that happened to it',
  params: anomalyIdParams,
  answer: anomalyDetailSchema,
  handle: ({ services, params }) => readAnomaly(services.db, params.anomalyId),
})
