import type { Removal } from './removal.ts'

const rounds = 'test/integration/rounds.test.ts'
const grown = 'test/integration/grown-tables.test.ts'
const skew = 'test/unit/server-clock-skew.test.ts'
const lifecycle = 'test/integration/api-lifecycle.test.ts'

/** The rules of stops and of background work. */
export const operationRemovals: readonly Removal[] = [
  {
    rule: 'a server that stops says so to /readyz first',
    file: 'server/start-server.ts',
    states: '      isStopping = true\n',
    without: '',
    tests: [lifecycle],
    titled: 'not ready at once',
  },
  {
    rule: 'answers of a server that stops close their connection',
    file: 'server/start-server.ts',
    states: '      http.announceStop()\n',
    without: '',
    tests: [lifecycle],
    titled: 'not ready at once',
  },
  {
    rule: 'each payee has a lane of its own',
    file: 'server/jobs/sweep.ts',
    states: 'const nameOfPayee = ({ channel, mchid }: Payee): string => `${channel} ${mchid}`',
    without: "const nameOfPayee = (_: Payee): string => 'all'",
    tests: [rounds],
    titled: '400 attempts',
  },
  {
    rule: 'a batch of the sweep begins behind the one before',
    file: 'server/jobs/rounds.ts',
    states: 'await walkBatch(last)',
    without: 'await walkBatch(null)',
    tests: [rounds],
    titled: 'keep none behind',
  },
  {
    rule: 'a chore is done by one server at a time',
    file: 'server/store/chores.ts',
    states: '    where chores.due_at <= clock_timestamp()\n',
    without: '',
    tests: [grown],
    titled: 'a chore is one server',
  },
  {
    rule: 'a clock that is minutes off fails readiness',
    file: 'server/start-server.ts',
    states: "      { name: 'clock', fault: opened.skew.fault, warning: opened.skew.warning },\n",
    without: '',
    tests: ['test/integration/clock-skew.test.ts'],
  },
  {
    rule: 'one odd answer says nothing about the clock',
    file: 'server/shared/clock-skew.ts',
    states: 'const FEWEST_SAMPLES = 3',
    without: 'const FEWEST_SAMPLES = 1',
    tests: [skew],
  },
  {
    rule: 'headers that are late are looked for often enough',
    file: 'server/http/http-server.ts',
    states: '    connectionsCheckingInterval: headersWithinMs / checksPerLimit,\n',
    without: '',
    tests: [lifecycle],
    titled: 'headers do not come',
  },
  {
    rule: 'a migration drops nothing that the version before uses',
    file: 'scripts/lint-migrations.ts',
    states:
      "  return 'the version before serves on: only add tables, columns and indexes, and drop in a later release'\n",
    without: '  return null\n',
    tests: ['test/unit/migrations.test.ts'],
  },
]
