// Who may import whom. Each rule says what it protects; `npm run check` runs them all.

/** A noun may call the nouns after it, and identity stands beside them. */
const nouns = ['reconciliation', 'refunds', 'payments', 'orders', 'catalog', 'deliveries']

const nounOrder = nouns.slice(1).map((noun, index) => ({
  name: `${noun}-calls-no-higher-noun`,
  comment:
    'A lower noun writes its state and a due time in one transaction, and jobs/ calls the higher noun.',
  severity: 'error',
  from: { path: `^server/${noun}/` },
  to: { path: `^server/(${nouns.slice(0, index + 1).join('|')})/` },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...nounOrder,
    {
      name: 'no-cycle',
      comment: 'What imports each other is one thing in two files.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nouns-know-no-edge',
      comment:
        'A noun is called by http and jobs, and takes channel and clock as arguments; it writes through store/.',
      severity: 'error',
      from: { path: `^server/(${nouns.join('|')}|identity|shared)/` },
      to: {
        path: '^server/(http|jobs|channels|config/(?!limits\\.ts)|app\\.ts|main\\.ts)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nouns-know-no-framework',
      comment: 'Only http/ knows HTTP, only store/ knows the database.',
      severity: 'error',
      from: { path: `^server/(${nouns.join('|')}|identity|shared)/` },
      to: {
        path: 'node_modules/(express|pg|kysely|helmet|pino-http)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'store-knows-no-channel',
      comment: 'Our rows and their wire change for different reasons.',
      severity: 'error',
      from: { path: '^server/store/' },
      to: { path: '^server/(channels|http|jobs)/' },
    },
    {
      name: 'channel-knows-no-store',
      comment: 'A channel speaks to a provider; what is kept of the answer is a noun’s decision.',
      severity: 'error',
      from: { path: '^server/channels/' },
      to: { path: '^server/(store|http|jobs)/' },
    },
    {
      name: 'http-and-jobs-stand-apart',
      comment: 'Both call nouns; what they share is a noun’s operation.',
      severity: 'error',
      from: { path: '^server/http/' },
      to: { path: '^server/jobs/' },
    },
    {
      name: 'jobs-know-no-http',
      comment: 'Both call nouns; what they share is a noun’s operation.',
      severity: 'error',
      from: { path: '^server/jobs/' },
      to: { path: '^server/http/' },
    },
    {
      name: 'pure-files-stay-pure',
      comment:
        'State tables, matching of bills and money are functions of their arguments: no I/O, clock or randomness.',
      severity: 'error',
      from: { path: '^server/(.*-state|reconciliation/match[^/]*|shared/(fen|transitions))\\.ts$' },
      to: { pathNot: ['^server/shared/', '-state\\.ts$', '^contract/'] },
    },
    {
      name: 'sandbox-knows-no-server',
      comment: 'A fake that shares our signing code agrees with our bugs.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(server|h5|bench|scripts|test)/' },
    },
    {
      name: 'server-knows-no-sandbox',
      comment: 'The sandbox is base URLs and keys in a configuration file.',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^(sandbox|h5|miniprogram|bench|scripts|test)/' },
    },
    {
      name: 'checker-knows-nobody',
      comment: 'Whoever judges the books shares no line with whoever keeps them.',
      severity: 'error',
      from: { path: '^test/chaos/checker/' },
      to: { pathNot: ['^test/chaos/checker/', 'node_modules/pg/', '^node:'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'h5-knows-the-wire-only',
      comment: 'What the page knows of the server is contract/.',
      severity: 'error',
      from: { path: '^h5/' },
      to: { path: '^(server|sandbox|miniprogram|bench|scripts|test)/' },
    },
    {
      name: 'miniprogram-imports-types-only',
      comment: 'WeChat’s compiler strips types and follows no path outside miniprogramRoot.',
      severity: 'error',
      from: { path: '^miniprogram/' },
      to: { pathNot: '^miniprogram/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contract-imports-nothing-else',
      comment: 'What crosses the wire is known by both sides and knows neither.',
      severity: 'error',
      from: { path: '^contract/' },
      to: { pathNot: '^contract/' },
    },
    {
      name: 'contract-is-types-only',
      comment: 'No line of the contract survives compilation.',
      severity: 'error',
      from: { pathNot: '^(contract|test)/' },
      to: { path: '^contract/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'production-needs-no-development-package',
      comment: 'npm ci --omit=dev must be enough to run the server; h5 and phone are built before.',
      severity: 'error',
      from: {
        path: '^(server|h5|sandbox)/',
        pathNot: '(vite\\.config\\.ts$|^sandbox/(phone/|desk/build\\.ts))',
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere is a typing error, or a package that is not in package.json.',
      severity: 'error',
      from: { pathNot: '^(h5|sandbox/desk)/.*\\.vue$' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-package-by-accident',
      comment: 'What is imported stands in package.json, not only in somebody else’s.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.mjs', '.js', '.vue', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    cache: { folder: 'node_modules/.cache/dependency-cruiser', strategy: 'content' },
  },
}
