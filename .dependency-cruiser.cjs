/**
 * Which folder may import which. Data flows from models to cli; imports point the other way, without cycles.
 *
 * A folder that does not exist yet is no error: a rule only speaks about the imports it finds.
 */

/** Everything of ours. Packages and Node's own modules are not the business of the layer rules. */
const OURS = '^(models|properties|checker|counterexamples|cli|bench|bin|scripts)/|^index[.]ts$';
const TESTS = '[.]test[.]ts$';

/**
 * The layers, lowest first: a layer imports itself and what `imports` lists, nothing else of ours.
 *
 * Tests follow the rule of their layer, and may use all of models/ as well, because built-in models are the best
 * test data there is.
 *
 * @type {readonly { path: string; imports: readonly string[]; why: string }[]}
 */
const layers = [
  {
    path: 'models/base',
    imports: [],
    why: 'The few helpers that everything shares; if they imported anything, everything would depend on it.',
  },
  {
    path: 'models/program',
    imports: ['models/base'],
    why: 'The program representation is the language all others speak, so it knows none of them.',
  },
  {
    path: 'models/types',
    imports: ['models/program', 'models/base'],
    why: 'Struct types are described in the terms of programs, whoever uses them later.',
  },
  {
    path: 'models/lifecycles',
    imports: ['models/program', 'models/base'],
    why: 'A lifecycle is a machine over operations; which kernel functions perform them is for kernel/ to say.',
  },
  {
    path: 'models/kernel',
    imports: ['models/lifecycles', 'models/types', 'models/program', 'models/base'],
    why: 'The kernel API is shared by all subsystems, so it cannot depend on one of them or on a patch.',
  },
  {
    path: 'models/tee',
    imports: ['models/kernel', 'models/types', 'models/program', 'models/base'],
    why: 'A subsystem is programs over the kernel API; the revisions that change it come on top.',
  },
  {
    path: 'models/c',
    imports: ['models/kernel', 'models/lifecycles', 'models/types', 'models/program', 'models/base'],
    why: 'The C front end recognises the kernel API in any code; hand-written models must not teach it what to find.',
  },
  {
    path: 'models/revisions',
    imports: ['models/tee', 'models/kernel', 'models/types', 'models/program', 'models/base'],
    why: 'A revision is a set of programs and does not know in which closed systems it will run.',
  },
  {
    path: 'models/scenarios',
    imports: ['models/revisions', 'models/tee', 'models/kernel', 'models/types', 'models/program', 'models/base'],
    why: 'A scenario closes a system around programs; it does not care how lifecycles are written or code is lifted.',
  },
  {
    path: 'models',
    imports: [],
    why: 'Models say what the kernel does, not what must hold, how it is checked or how it is shown.',
  },
  {
    path: 'properties',
    imports: ['models'],
    why: 'A property says what must hold in a model, independently of how that is checked.',
  },
  {
    path: 'checker',
    imports: ['models', 'properties'],
    why: 'The checker produces findings as plain data; what becomes of them is decided above.',
  },
  {
    path: 'counterexamples',
    imports: ['models', 'properties', 'checker'],
    why: 'Counterexamples are part of the library, which works without a command line.',
  },
];

/** @param {readonly string[]} folders */
const within = (folders) => `^(${folders.join('|')})/`;

const layerRules = layers.flatMap(({ path, imports, why }) => {
  const source = path === 'models' ? '^models/' : within([path]);
  const name = path.replaceAll('/', '-');
  return [
    {
      name: `layer-${name}`,
      comment: why,
      severity: 'error',
      from: { path: source, pathNot: TESTS },
      to: { path: OURS, pathNot: within([path, ...imports]) },
    },
    {
      name: `layer-${name}-tests`,
      comment: `${why} (Its tests may also use all of models/.)`,
      severity: 'error',
      from: { path: `${source}.*${TESTS}` },
      to: { path: OURS, pathNot: within([path, ...imports, 'models']) },
    },
  ];
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules of a cycle, also one of types alone, can only be understood and tested together.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...layerRules,
    {
      name: 'layer-index',
      comment: 'The library is everything but the command line, which is one of its users.',
      severity: 'error',
      from: { path: '^index[.]ts$' },
      to: { path: OURS, pathNot: within(['models', 'properties', 'checker', 'counterexamples']) },
    },
    {
      name: 'layer-cli',
      comment: 'The command line is the top: it may use the whole library, but no benchmark and no script.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(bench|bin|scripts)/' },
    },
    {
      name: 'nothing-imports-cli',
      comment: 'Code that somebody else needs belongs below the command line. Benchmarks may start it to measure it.',
      severity: 'error',
      from: { pathNot: '^(cli|bench)/' },
      to: { path: '^cli/' },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'Importing a test runs it once more; helpers that tests share belong in a file of their own.',
      severity: 'error',
      from: {},
      to: { path: TESTS },
    },
    {
      name: 'nothing-imports-dist',
      comment: 'Sources import sources, or a check would look at yesterday’s build.',
      severity: 'error',
      from: {},
      to: { path: '^dist/' },
    },
    {
      name: 'no-development-packages',
      comment: 'Users get the dependencies only, so what ships must not need a development package.',
      severity: 'error',
      from: {
        path: '^(models|properties|checker|counterexamples|cli|bin)/|^index[.]ts$',
        pathNot: [TESTS, '/testing/'],
      },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'no-unlisted-packages',
      comment: 'A package that is there only because another one needs it can go away with any update.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere escapes every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Folders the walk never enters; imports *of* packages and of dist stay visible to the rules above.
    doNotFollow: { path: ['^node_modules/', '^dist/'] },
    exclude: { path: ['^coverage/', '^[.]git/'] },
    // Cycles and layers count for `import type` too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.check.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
  },
};
