// The walls of the house: who may import whom. `.workshop/check.ts` runs this and also asserts how many
// modules were seen, because a cruiser that cannot read TypeScript passes in silence.

/** Everything of ours, and everything in `allowed`, told apart by path. */
const ours = '^(packages|apps|e2e)/';

const TESTS = '[.]test[.]tsx?$|/test/';

/** A room may import itself and the given paths of ours, nothing else of ours. */
const room = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: TESTS },
  to: { path: ours, pathNot: [from, ...allowed].map((path) => `^${path.replace(/^\^/, '')}`) },
});

/** A room may not import these modules, wherever they come from. */
const never = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: TESTS },
  to,
});

const contract = (...paths) => [...paths.map((path) => `packages/contract/src/${path}`)];

module.exports = {
  forbidden: [
    room('card-alone', '^packages/card/', [], 'The same pure rules in the field and in the vault.'),
    room('crypto-alone', '^packages/crypto/', [], 'Proven by vectors alone.'),
    room('schema-alone', '^packages/schema/', [], 'A reader of schemas knows no shape of ours.'),
    room('contract-alone', '^packages/contract/', [], 'Shapes only.'),
    room('bridge-alone', '^packages/bridge/', [], 'Generic, so that it can be attacked alone.'),
    room(
      'sdk',
      '^packages/sdk/',
      ['packages/bridge/', ...contract('page/', 'errors/', 'version[.]ts'), 'vite.config.ts'],
      'Code in the merchant realm must be unable to hold, judge or seal a card number.',
    ),
    room(
      'field',
      '^apps/fields/src/(field|secret|reveal|boot|looks|locales|more|networks|split)/',
      [
        'packages/bridge/',
        'packages/card/',
        ...contract('frame/', 'sibling/', 'boot/', 'errors/', 'appearance/', 'version[.]ts'),
      ],
      'A field has no keys and no network.',
    ),
    room(
      'controller',
      '^apps/fields/src/controller/',
      [
        'apps/fields/src/boot/',
        'packages/bridge/',
        'packages/card/',
        'packages/contract/src/(?!api/)',
        'packages/crypto/src/(seal|fallback)/',
      ],
      'It can only encrypt.',
    ),
    room(
      'vault',
      '^apps/vault/',
      [
        'packages/card/',
        'packages/crypto/src/(open|manifest|envelope|fingerprint|session|tlog|token-id)/',
        ...contract('http/', 'api/', 'boot/', 'errors/', 'version[.]ts'),
      ],
      'The server knows nothing of browser plumbing.',
    ),
    room(
      'node',
      '^packages/node/',
      [...contract('api/', 'http/', 'errors/')],
      'A backend knows the HTTP interface and nothing behind it.',
    ),
    room(
      'react',
      '^packages/react/',
      ['packages/sdk/dist/', 'vite.config.ts'],
      'An adapter is glue over what the SDK makes public.',
    ),
    room(
      'elements',
      '^packages/elements/',
      ['packages/sdk/dist/', 'vite.config.ts'],
      'Glue over what every page is given.',
    ),
    room(
      'testing-cards',
      '^packages/testing/src/(cards|playwright)/',
      [],
      'What types into a browser is told nothing that a merchant could not know.',
    ),
    room(
      'testing-fake',
      '^packages/testing/src/fake/',
      [
        'packages/sdk/src/(?!entry/)',
        'packages/sdk/dist/',
        'packages/(bridge|card)/',
        ...contract('frame/', 'sibling/', 'boot/', 'errors/'),
        'apps/fields/src/(controller/to-plaintext|reveal/shown-state|secret/secret-rules)[.]ts',
        'apps/fields/src/field/(field-state|card-rules|networks|rules|report|texts)[.]ts',
        'apps/fields/src/locales/index[.]ts',
        'apps/vault/src/tokens/judge-card[.]ts',
      ],
      'A fake by the very same rules, and by no copy of them that could drift.',
    ),
    room(
      'shop',
      '^apps/shop/',
      ['packages/node/dist/'],
      'A merchant has the public interfaces only.',
    ),
    room(
      'gateway-double',
      '^apps/gateway-double/',
      ['packages/testing/dist/', 'apps/vault/src/tokens/published-cards[.]ts'],
      "A stranger to the vault, but for the list of numbers that are nobody's card.",
    ),
    room(
      'e2e',
      '^e2e/',
      ['packages/crypto/src/(seal|fallback|open|manifest|token-id)/'],
      'Tests what ships; crypto only to speak the wire as a frame does.',
    ),
    never(
      'crypto-seal-runs-in-browsers',
      '^packages/crypto/src/(seal|fallback|hpke)/',
      { dependencyTypes: ['core'] },
      'No node: module in what a browser loads.',
    ),
    never(
      'crypto-seal-cannot-open',
      '^packages/crypto/src/(seal|fallback)/',
      { path: '^packages/crypto/src/(open|envelope|fingerprint|token-id)/' },
      'The browser half can only encrypt.',
    ),
    never(
      'browser-zod-is-mini',
      '^(packages/(contract|bridge|sdk)|apps/fields)/',
      {
        path: 'node_modules/zod/',
        pathNot: ['node_modules/zod/mini/', 'node_modules/zod/v4/(mini|core)'],
      },
      'zod itself calls new Function and weighs fifteen times as much.',
    ),
    never(
      'comlink-behind-the-guard',
      '^(packages/(?!bridge/)|apps/|e2e/)',
      { path: 'node_modules/comlink/' },
      'Unguarded, it hands the peer the object graph.',
    ),
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '[.]css$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/[.]cache)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
};
