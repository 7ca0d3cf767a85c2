import { listAnomalies } from '../../refunds/read-anomalies.ts'
import { defineOperatorRoute } from '../operator.ts'
import { anomalyPageSchema, openListQuery } from '../schemas/operator.ts'

export const operatorAnomaliesList = defineOperatorRoute({
  method: 'get',
  path: '/anomalies',
  summary: 'What fits nothing here, or did not reach its customer, oldest first',
  query: openListQuery,
  answer: anomalyPageSchema,
  handle: ({ services, query }) => listAnomalies(services.db, query.cursor),
})
