import { describe, expect, it } from 'vitest';
import { kernelConstants, kernelFunctions, kernelGlobals } from '../../kernel/index.js';
import { printFunction } from '../../program/printFunction.js';
import { structTypes } from '../../types/index.js';
import { defaultConfiguration } from '../syntax/configuration.js';
import type { LiftResult } from './liftProgram.js';
import { liftProgram } from './liftProgram.js';
import type { Vocabulary } from './vocabulary.js';

const types = new Map(structTypes.map((type) => [type.tag, type]));
const vocabulary: Vocabulary = {
  kernel: new Map(kernelFunctions.map((definition) => [definition.name, definition])),
  environment: new Map(),
  structType: (tag) => types.get(tag),
  constants: kernelConstants,
  globals: kernelGlobals,
  thisModule: 'toy_module',
};

const prelude = `
struct mutex { int owner; };
struct thing { int id; struct mutex lock; struct thing *next; };
struct thing_ops { int (*start)(struct thing *thing); };
void mutex_lock(struct mutex *lock); void mutex_unlock(struct mutex *lock); void kfree(const void *p);
`;

function lift(text: string): LiftResult {
  const files: Record<string, string> = { 'drivers/toy/toy.c': `${prelude.replaceAll('\n', ' ')}\n${text}` };
  return liftProgram({
    tree: {
      name: 'a test',
      version: '6.12.117',
      read: (path) => files[path] ?? null,
      blobId: () => null,
      list: () => [],
    },
    files: Object.keys(files),
    vocabulary,
    configuration: defaultConfiguration(),
  });
}

/** The statements of a function as text. */
function program(text: string): string[] {
  const { functions } = lift(text);
  const printed = printFunction(functions.at(-1)!.definition).map((line) => line.text.trim());
  return printed
    .slice(printed.indexOf('{') + 1, -1)
    .filter((line) => !/^(?:int|bool|struct \w+|void|long|unsigned int) \**\w+(?: here)?$/.test(line));
}

const returning = 'static int get(struct thing *t)';

describe('C as statements', () => {
  it.each<[what: string, text: string, ...statements: string[]]>([
    [
      'a call and a member',
      `${returning} { mutex_lock(&t->lock); return t->id; }`,
      'mutex_lock(&t->lock)',
      'return t->id',
    ],
    [
      'a goto',
      `${returning} { if (!t) goto out; kfree(t); out: return 0; }`,
      'if (!t) {',
      'goto out',
      '}',
      'kfree(t)',
      'out:',
      'return 0',
    ],
    [
      'a short circuit with a side effect',
      `${returning} { int n = 0; if (t && (n = t->id)) return n; return 1; }`,
      'n = 0',
      'if (t) {',
      'n = t->id',
      '_1 = n != 0',
      '} else {',
      '_1 = 0',
      '}',
      'if (_1) {',
      'return n',
      '}',
      'return 1',
    ],
    [
      'a guard, which gives back what it took',
      `${returning} { guard(mutex)(&t->lock); if (t->id) return 1; t->id = 2; return 0; }`,
      '_1 = &t->lock',
      'mutex_lock(_1)',
      'if (t->id) {',
      'mutex_unlock(_1)',
      'return 1',
      '}',
      't->id = 2',
      'mutex_unlock(_1)',
      'return 0',
      'mutex_unlock(_1)',
    ],
    [
      'an allocation',
      'static struct thing *make(void) { struct thing *t = kzalloc(sizeof(*t), GFP_KERNEL); return t; }',
      'might_sleep()',
      'choose kzalloc {',
      'success:',
      't = new thing',
      'NULL (fault):',
      't = NULL',
      '}',
      'return t',
    ],
    [
      'an operation',
      'static int run(struct thing_ops *ops, struct thing *t) { return ops->start ? ops->start(t) : -1; }',
      'if (ops->start) {',
      '_1 = ops->start(t)',
      '} else {',
      '_1 = -1',
      '}',
      'return _1',
    ],
    [
      'container_of',
      'static struct thing *of(struct mutex *lock) { return container_of(lock, struct thing, lock); }',
      'return container_of(lock, struct thing, lock)',
    ],
    [
      'a parameter that is assigned to',
      `${returning} { t = t->next; return t->id; }`,
      't here = t',
      't here = t here->next',
      'return t here->id',
    ],
    [
      'a call that nothing describes',
      `${returning} { mystery(t); return 0; }`,
      'limit: mystery() has no model and no source',
      'unknown(the result of mystery())',
      'return 0',
    ],
    [
      'a computed goto',
      `${returning} { void *p = 0; goto *p; return 0; }`,
      'p = 0',
      'limit: a computed goto',
      'return 0',
    ],
  ])('%s', (_, text, ...statements) => {
    expect(program(text)).toEqual(statements);
  });
});

describe('lifted functions', () => {
  it('have the lines of their C, and remarks with theirs', () => {
    const { functions } = lift(`static int get(struct thing *t)\n{\n\tmystery(t);\n\treturn t->id;\n}`);
    const [get] = functions;
    expect(get).toMatchObject({ line: 2, endLine: 6, patchedLines: [] });
    expect(get!.definition.body.map(({ kind, line }) => [kind, line])).toEqual([
      ['limit', 4],
      ['run', 4],
      ['return', 5],
    ]);
    expect(get!.remarks).toMatchObject([{ line: 4, level: 'note', kind: 'opaque call', function: 'get' }]);
  });

  it("are their file's own if they are static, also where a model has their name", () => {
    const { functions } = lift(`static int kref_put(int n) { return n; }\nint user(int n) { return kref_put(n); }`);
    expect(functions.map(({ definition }) => definition.name)).toEqual(['kref_put (drivers/toy/toy.c)', 'user']);
    expect(functions[1]!.definition.body).toMatchObject([
      { kind: 'return', value: { kind: 'call', callee: { name: 'kref_put (drivers/toy/toy.c)' } } },
    ]);
  });

  it('name operations by table and function', () => {
    const { tables } = lift(`${returning} { return 0; }\nstatic const struct thing_ops table = { .start = get };`);
    expect(tables).toMatchObject([{ name: 'table', type: 'thing_ops', fields: { start: 'get' } }]);
  });
});
