/**
 * Who may import whom: apps -> adapters -> service-layer -> domain -> krx, one way. Types count like
 * values: what a type knows, its file knows. Each comment says why, and what to do instead.
 */

/** Tests and what serves them alone. */
const TEST = [
  '\\.test\\.ts$',
  '/test/',
  '/testing/',
  '^packages/testkit/',
  '^scenarios/',
  '^chaos/',
];
const ADAPTERS = '^packages/adapters/';
const INNER = ['^packages/krx/', '^packages/domain/', '^packages/service-layer/'];

/** Modules from the registry, found or not. */
const library = (...names) => `(^|node_modules/)(@types/)?(${names.join('|')})(/|$)`;
const DECIMAL = library('decimal\\.js');

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const layers = [
  {
    name: 'krx-is-pure',
    comment:
      'The rule book of the exchange is pure and knows nothing but decimal.js: no node: module, no layer above it. Pass what it needs as an argument.',
    from: { path: '^packages/krx/', pathNot: TEST },
    to: { pathNot: ['^packages/krx/', DECIMAL] },
  },
  {
    name: 'domain-is-pure',
    comment:
      'Domain code has no clock, socket, SQL, environment or logger, so that it cannot fail oddly: only krx and decimal.js. Pass values in; steps that need the outside belong to a use case in service-layer.',
    from: { path: '^packages/domain/', pathNot: TEST },
    to: { pathNot: ['^packages/domain/', '^packages/krx/', DECIMAL] },
  },
  {
    name: 'service-layer-imports-inwards',
    comment:
      'Use cases know the domain, krx, their own ports and the indicator library. A promise that they need from outside is a port beside them, with its adapter in packages/adapters.',
    from: { path: '^packages/service-layer/', pathNot: TEST },
    to: { pathNot: [...INNER, DECIMAL, library('trading-signals')] },
  },
  {
    name: 'contract-imports-inwards',
    comment:
      'gateway-contract is messages and their parsers: it knows the ports and values inside, zod, and no adapter.',
    from: { path: '^packages/gateway-contract/', pathNot: TEST },
    to: { path: '^(packages|apps)/', pathNot: ['^packages/gateway-contract/', ...INNER] },
  },
  {
    name: 'config-imports-krx-alone',
    comment:
      'Settings are read by apps and handed on: config knows no layer but krx. Translate a setting into a domain type in the app.',
    from: { path: '^packages/config/', pathNot: TEST },
    to: { path: '^(packages|apps)/', pathNot: ['^packages/config/', '^packages/krx/'] },
  },
  {
    name: 'adapters-import-inwards',
    comment:
      'Adapters implement ports: they import service-layer, domain, krx and gateway-contract, never each other, config or an app. Take settings as arguments; join two adapters in the bootstrap of an app.',
    from: { path: '^packages/adapters/([^/]+)/', pathNot: TEST },
    to: {
      path: '^(packages|apps)/',
      pathNot: ['^packages/adapters/$1/', '^packages/gateway-contract/', ...INNER],
    },
  },
  {
    name: 'adapters-are-named-in-bootstrap',
    comment:
      'The choice of an implementation is made in one place of an app: src/bootstrap.ts (or a file under src/bootstrap/). Take the port from service-layer here and let the bootstrap pass the adapter. The logger is free to all.',
    from: { path: '^apps/[^/]+/src/', pathNot: [...TEST, '^apps/[^/]+/src/bootstrap(\\.ts$|/)'] },
    to: { path: ADAPTERS, pathNot: '^packages/adapters/observability/' },
  },
  {
    name: 'apps-are-not-imported',
    comment:
      'Apps export nothing: what two of them need is a package. Talk to a running app over its protocol.',
    from: { path: '^(packages|tools)/' },
    to: { path: '^apps/' },
  },
  {
    name: 'apps-do-not-import-each-other',
    comment:
      'Apps export nothing: what two of them need is a package. Talk to a running app over its protocol.',
    from: { path: '^apps/([^/]+)/' },
    to: { path: '^apps/', pathNot: '^apps/$1/' },
  },
  {
    name: 'simulator-is-the-other-side',
    comment:
      "The simulator's wire formats, matching, costs and ledger are its own, or tying out against it would prove nothing. It shares krx, config, observability and the embedded server; write the rest again here.",
    from: { path: '^apps/simulator/', pathNot: TEST },
    to: {
      path: '^packages/',
      pathNot: [
        '^packages/krx/',
        '^packages/config/',
        '^packages/adapters/observability/',
        '^packages/adapters/embedded-postgres/',
      ],
    },
  },
  {
    name: 'testkit-is-for-tests',
    comment:
      'Fakes and builders must never reach a running fleet. Move what production needs into the layer that it belongs to.',
    from: { path: '^(apps|packages|tools)/', pathNot: TEST },
    to: { path: '^packages/testkit/' },
  },
];

const libraries = [
  {
    name: 'sql-in-storage-only',
    comment:
      'SQL, pg and kysely live in storage-postgres (and in the embedded server, the simulator store and its bootstrap). Ask a store through its port.',
    from: {
      path: '^(apps|packages|tools)/',
      pathNot: [
        ...TEST,
        '^packages/adapters/(storage-postgres|embedded-postgres)/',
        '^apps/simulator/src/(store/|bootstrap\\.ts$)',
      ],
    },
    to: { path: library('pg', 'kysely') },
  },
  {
    name: 'http-to-the-broker-in-its-adapter',
    comment:
      'Only broker-kis speaks HTTP to the broker, where call budget and outcome rules are. Use BrokerPort or MarketDataPort.',
    from: { path: '^(apps|packages|tools)/', pathNot: [...TEST, '^packages/adapters/broker-kis/'] },
    to: { path: library('got') },
  },
  {
    name: 'sockets-at-both-ends-of-a-wire',
    comment:
      'WebSockets are spoken by broker-kis, by the gateway with its client, and by the simulator. Subscribe through MarketDataPort or OrderFeed.',
    from: {
      path: '^(apps|packages|tools)/',
      pathNot: [
        ...TEST,
        '^packages/adapters/(broker-kis|gateway-client)/',
        '^apps/(gateway|simulator)/src/',
      ],
    },
    to: { path: library('ws') },
  },
  {
    name: 'arguments-in-apps-only',
    comment: 'Arguments of the command line are read by apps. Take them as typed values.',
    from: { path: '^(packages|tools)/', pathNot: TEST },
    to: { path: library('commander') },
  },
  {
    name: 'parsing-at-the-edges',
    comment:
      'Input is parsed at the edges (adapters, gateway-contract, config, apps); inside, types are already true. Parse it there and pass the typed value in.',
    from: { path: '^packages/(krx|domain|service-layer|testkit)/' },
    to: { path: library('zod') },
  },
];

const order = [
  {
    name: 'no-cycles',
    comment:
      'Files that import each other cannot be read or tested alone. Move what both need into a third file.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'one-door',
    comment:
      'A package has one door, src/index.ts. Export the name there, if the outside is to know it at all.',
    from: { path: '^packages/(adapters/[^/]+|[^/]+)/' },
    to: { path: '^packages/', pathNot: ['^packages/$1/', '/src/index\\.ts$'] },
  },
  {
    name: 'one-door-for-apps',
    comment:
      'A package has one door, src/index.ts. Export the name there, if the outside is to know it at all.',
    from: { path: '^(apps|tools)/' },
    to: { path: '^packages/', pathNot: '/src/index\\.ts$' },
  },
  {
    name: 'imports-are-found',
    comment: 'The module is not there: mend the path, or declare the dependency and install.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'imports-are-declared',
    comment:
      'It resolves only by accident of the installation. Add it to the package.json of this package, version "catalog:".',
    from: {},
    // The test runner is the repository's own, declared at its root.
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: library('@jest/globals') },
  },
  {
    name: 'tests-need-stay-in-tests',
    comment:
      'A devDependency is not there in production. Move it to "dependencies", or the import to a test.',
    from: { path: '^(apps|packages)/', pathNot: TEST },
    to: { dependencyTypes: ['npm-dev'], pathNot: '(^|node_modules/)@types/' },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...layers, ...libraries, ...order].map((rule) => ({ ...rule, severity: 'error' })),
  options: {
    // Node strips the types and runs the files as they are, so a type import is an import.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^tools/fixtures/', '/\\.data/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    combinedDependencies: false,
  },
};
