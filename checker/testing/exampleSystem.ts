import { alloc, fn, ret, run, set, when } from '../../models/program/build.js';
import type { Statement } from '../../models/program/statement.js';
import type { Revision } from '../../models/revisions/revision.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import { struct } from '../../models/types/structType.js';
import type { ResolvedRevision } from '../system/link.js';

const file = 'drivers/example/box.c';

/**
 * A world small enough to follow by hand, for tests and for trying things out: a box with a reference count, published in a
 * global, that one thread looks up while another takes it down.
 *
 * `bare` reads the pointer and then takes a reference, without a lock: the box may be gone in between. `locked` does both
 * under a lock. `leaky` is `locked`, and the user forgets its put when it was told to (`--faults` counts that as a failure).
 */
export type ExampleVariant = 'bare' | 'locked' | 'leaky';

/** The revision of a variant, resolved: it has no base. */
export function exampleRevision(variant: ExampleVariant): ResolvedRevision {
  const lock = variant === 'bare' ? [] : [run('mutex_lock(&world.lock)')];
  const unlock = variant === 'bare' ? [] : [run('mutex_unlock(&world.lock)')];
  const put: Statement[] = [run('box_put(box)')];
  const functions = [
    fn('struct box *box_get(void)', { file, locals: ['struct box *box'], patched: true }, [
      ...lock,
      { ...set('box', 'world.box', 'marked'), line: 11 },
      when('box', [{ ...run('refcount_inc(&box->refcount)'), line: 13 }]),
      ...unlock,
      ret('box'),
    ]),
    fn('void box_put(struct box *box)', { file }, [when('refcount_dec_and_test(&box->refcount)', [run('kfree(box)')])]),
    fn('void box_use(void)', { file, locals: ['struct box *box'] }, [
      set('box', 'box_get()'),
      when('!box', [ret()]),
      ...(variant === 'leaky' ? [when('!access_ok(0, 1)', [ret()])] : []),
      ...put,
    ]),
    fn('void box_remove(void)', { file, locals: ['struct box *box'] }, [
      ...lock,
      set('box', 'world.box', 'marked'),
      set('world.box', 'NULL', 'marked'),
      ...unlock,
      ...put,
    ]),
  ];
  const revision: Revision = {
    id: `example-${variant}`,
    title: `A box, ${variant}`,
    base: null,
    kernel: '6.12.117',
    source: 'nowhere',
    omits: [],
    functions,
    tables: [],
    types: [],
    subsystem: 'example',
  };
  return {
    revision,
    functions: new Map(functions.map((definition) => [definition.name, definition])),
    tables: new Map(),
    types: new Map(),
    constants: {},
    globals: {},
    initialValues: {},
  };
}

/** One thread uses the box while another removes it. */
export const exampleScenario: Scenario = {
  id: 'example-use-remove',
  title: 'use against remove',
  description: 'One thread looks the box up and uses it while another takes it down.',
  subsystem: 'example',
  activities: [],
  size: 'default',
  globals: { world: 'struct world' },
  functions: [
    fn('void setup(void)', { file: '<setup>', origin: 'environment', locals: ['struct box *box'] }, [
      alloc('box', 'box'),
      run('refcount_set(&box->refcount, 1)'),
      set('world.box', 'box', 'marked'),
    ]),
    fn('void user(void)', { file: '<thread>', origin: 'environment' }, [run('box_use()')]),
    fn('void remover(void)', { file: '<thread>', origin: 'environment' }, [run('box_remove()')]),
  ],
  tables: [],
  types: [
    struct('box', 'nowhere', { refcount: 'refcount_t' }),
    struct('world', 'nowhere', { box: 'struct box *', lock: 'struct mutex' }),
  ],
  processes: [],
  threads: [
    { name: 'user', process: null, run: 'user' },
    { name: 'remover', process: null, run: 'remover' },
  ],
  setup: [{ as: 'user', run: 'setup' }],
  capacities: {},
};
