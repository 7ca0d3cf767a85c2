import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi'
import { z } from 'zod'
import { sessionCookie } from './cookies.ts'
import type { OperatorRoute } from './operator.ts'
import type { Route } from './route.ts'
import { bookLineSchema } from './schemas/books.ts'
import { entryListSchema } from './schemas/entry.ts'
import { problemSchema } from './schemas/problem.ts'
import { shopSchema } from './schemas/shop.ts'

const aProblem = {
  description: 'A problem',
  content: { 'application/problem+json': { schema: problemSchema } },
}

const retryAfter = {
  headers: z.object({ 'Retry-After': z.int().min(1).meta({ description: 'Seconds until the next try' }) }),
}

/** What every route may answer instead of its own statuses. */
const problems = {
  '429': { ...aProblem, ...retryAfter, description: 'Too many requests or failures' },
  '503': { ...aProblem, ...retryAfter, description: 'Not available for the moment' },
  default: aProblem,
}

/** What belongs to no entry; its handlers stand in app.ts. */
const pathsOutsideEntries: ZodOpenApiPathsObject = {
  '/api/entries': {
    get: {
      summary: 'The doors there are',
      security: [],
      responses: {
        '200': { description: 'OK', content: { 'application/json': { schema: entryListSchema } } },
      },
    },
  },
  '/api/shop': {
    get: {
      summary: 'How the shop is reached, and its own pages',
      security: [],
      responses: {
        '200': { description: 'OK', content: { 'application/json': { schema: shopSchema } } },
      },
    },
  },
  '/api/books': {
    get: {
      summary: 'Every payment with its refunds, one line each',
      security: [{ operator: [] }],
      responses: {
        '200': { description: 'OK', content: { 'application/x-ndjson': { schema: bookLineSchema } } },
        ...problems,
      },
    },
  },
}

/** The description of our API, made from the routes themselves. */
export function describeApi(routes: Route[], operatorRoutes: OperatorRoute[], publicUrl: string): object {
  const paths: ZodOpenApiPathsObject = { ...pathsOutsideEntries }
  for (const route of routes) {
    const path = `/api/{entry}${inBraces(route.path)}`
    paths[path] = {
      ...paths[path],
      [route.method]: {
        summary: route.summary,
        security:
          route.caller === 'nobody'
            ? []
            : route.nativeOnly
              ? [{ native: [] }]
              : [{ native: [] }, { web: [] }],
        ...describeQuestion({ params: z.object({ entry: z.string() }), ...route }),
        responses: {
          ...describeAnswers(route),
          ...problems,
        },
      },
    }
  }
  for (const route of operatorRoutes) {
    const path = `/api/operator${inBraces(route.path)}`
    paths[path] = {
      ...paths[path],
      [route.method]: {
        summary: route.summary,
        security: [{ operator: [] }],
        ...describeQuestion(route),
        responses: { ...describeAnswers(route), ...problems },
      },
    }
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: '桥付 Qiaofu', version: '1', description: 'Amounts are fen, instants are ISO 8601.' },
    servers: [{ url: publicUrl }],
    components: {
      securitySchemes: {
        operator: { type: 'http', scheme: 'bearer' },
        native: { type: 'http', scheme: 'bearer' },
        web: { type: 'apiKey', in: 'cookie', name: sessionCookie('{entry}', publicUrl) },
      },
    },
    paths,
  })
}

/** "/orders/:orderId" as OpenAPI spells it. */
const inBraces = (path: string) => path.replaceAll(/:([a-zA-Z]+)/g, '{$1}')

const describeQuestion = ({
  params,
  query,
  headers,
  body,
}: Pick<Route, 'params' | 'query' | 'headers' | 'body'>) => ({
  requestParams: {
    ...(params ? { path: params as z.ZodObject } : {}),
    ...(query ? { query: query as z.ZodObject } : {}),
    ...(headers ? { header: headers } : {}),
  },
  ...(body ? { requestBody: { content: { 'application/json': { schema: body } } } } : {}),
})

const describeAnswers = ({ answer, statuses = [200] }: Pick<Route, 'answer' | 'statuses'>) =>
  answer
    ? Object.fromEntries(
        statuses.map((status) => [
          status,
          {
            description: status === 201 ? 'Created' : 'OK',
            content: { 'application/json': { schema: answer } },
          },
        ]),
      )
    : { '302': { description: 'Goes on elsewhere' } }
