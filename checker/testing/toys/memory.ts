import { kmalloc, kzalloc } from '../../../models/kernel/slab.js';
import { ret, run, set, when } from '../../../models/program/build.js';
import type { Statement } from '../../../models/program/statement.js';
import type { Toy } from '../toySystem.js';
import { toyFn } from '../toySystem.js';
import type { ToyPair } from './toyPair.js';

const boxType = { box: { refs: 'refcount_t', data: 'int', peer: 'struct box *' } };
const types = { world: { box: 'struct box *', lock: 'spinlock_t' }, ...boxType };

const boxPut = toyFn(
  'void box_put(struct box *box)',
  [],
  [when('refcount_dec_and_test(&box->refs)', [run('kfree(box)')])],
);

/** One box in `world.box` with `references` references. */
const makeBox = (references: number) => ({
  locals: ['struct box *box'],
  body: [kzalloc('box', 'box'), run(`refcount_set(&box->refs, ${references})`), set('world.box', 'box')],
});

/** Two threads with a reference each; one reads and drops, the other drops. */
const readerAndPutter = (reader: readonly Statement[]): Toy => ({
  types,
  functions: [boxPut, toyFn('void use(struct box *box)', ['int data'], reader)],
  setup: makeBox(2),
  threads: { reader: [run('use(world.box)')], putter: [run('box_put(world.box)')] },
});

/** Runs `body` as the driver's function `probe`, in one thread. */
const probe = (locals: readonly string[], body: readonly Statement[], rest: Partial<Toy> = {}): Toy => ({
  types,
  ...rest,
  functions: [...(rest.functions ?? []), toyFn('int probe(void)', locals, body)],
  threads: { user: [run('probe()')] },
});

/** `replace`, in one thread, makes a box, to do something with it and the one in `world.box`, which has one reference. */
const replacer = (body: readonly Statement[], setup: readonly Statement[] = []): Toy => ({
  types: { ...types, world: { ...types.world, spare: 'struct box *' } },
  capacities: { box: 4 },
  setup: {
    locals: ['struct box *box', 'struct box *peer'],
    body: [kzalloc('box', 'box'), run('refcount_set(&box->refs, 1)'), ...setup, set('world.box', 'box')],
  },
  functions: [
    toyFn(
      'int replace(void)',
      ['struct box *box', 'struct box *old', 'struct box *peer'],
      [kzalloc('box', 'box'), when('!box', [ret('-ENOMEM')]), run('refcount_set(&box->refs, 1)'), ...body, ret('0')],
    ),
  ],
  threads: { replacer: [run('replace()')] },
});

/** `move`, in one thread, does something with the box in `world.box`. */
const mover = (body: readonly Statement[]): Toy => ({
  types: { ...types, world: { ...types.world, spare: 'struct box *' } },
  capacities: { box: 1 },
  setup: makeBox(1),
  functions: [toyFn('void move(void)', ['struct box *box'], [set('box', 'world.box'), ...body])],
  threads: { mover: [run('move()')] },
});

/**
 * `keeper`, a kernel thread that never ends, makes a box for `world.box`; where `user` has set `world.busy` before, it makes it as `whenBusy` does.
 * Then it waits for what nobody completes, with `box` in hand.
 */
const keeper = (whenBusy: readonly Statement[]): Toy => ({
  types: {
    world: {
      box: 'struct box *',
      spare: 'struct box *',
      busy: 'int',
      done: 'struct completion',
      other: 'struct completion',
    },
    ...boxType,
  },
  capacities: { box: 2 },
  setup: { body: [set('world.busy', '0'), run('init_completion(&world.done)'), run('init_completion(&world.other)')] },
  functions: [
    toyFn(
      'void keep(void)',
      ['struct box *box', 'struct box *first', 'int busy'],
      [
        set('first', 'NULL'),
        set('busy', 'world.busy', 'marked'),
        when('busy', whenBusy, [kzalloc('box', 'box'), set('world.box', 'box')]),
        run('wait_for_completion(&world.done)'),
        run('kfree(box)'),
      ],
    ),
  ],
  threads: {
    user: [set('world.busy', '1', 'marked'), set('world.busy', '2', 'marked')],
    keeper: { daemon: true, body: [run('keep()')] },
  },
});

/**
 * `keeper`, as above, makes a box for `world.box` and one for `world.spare`, and names the first one with `cursor` too; where it is busy it goes on
 * with `whenBusy`, with the second one in `box`.
 */
const twoNames = (cursor: string, whenBusy: readonly Statement[]): Toy => {
  const toy = keeper([]);
  const body = [
    kzalloc('first', 'box'),
    set('world.box', 'first'),
    set(cursor, 'first'),
    set('first', 'NULL'),
    kzalloc('box', 'box'),
    set('world.spare', 'box'),
    set('busy', 'world.busy', 'marked'),
    when('busy', whenBusy),
    set('box', 'NULL'),
    set('busy', '0'),
    run('wait_for_completion(&world.done)'),
    run(`kfree(${cursor})`),
  ];
  return {
    ...toy,
    // In front of the other fields.
    types: { ...toy.types, world: { cursor: 'struct box *', ...toy.types!['world'] } },
    functions: [
      toyFn('void keep(void)', ['struct box *box', 'struct box *first', 'struct box *cursor', 'int busy'], body),
    ],
  };
};

/** A box for `world.spare`, that is freed at once where it is busy still, and else, late, by `otherwise`. */
const alsoFreed = (otherwise: readonly Statement[]) => [
  kzalloc('box', 'box'),
  set('world.spare', 'box'),
  set('box', 'NULL'),
  set('busy', 'world.busy', 'marked'),
  set('world.busy', '0', 'marked'),
  when(
    'busy == 1',
    [run('kfree(world.spare)')],
    [run('complete(&world.other)'), run('wait_for_completion(&world.other)'), ...otherwise],
  ),
  set('busy', '0'),
];

export const memoryToys: readonly ToyPair[] = [
  {
    property: 'use-after-free',
    reports: 'a read after the reader has dropped its reference',
    broken: readerAndPutter([run('box_put(box)'), set('data', 'box->data')]),
    findings: ['use-after-free box.data: read, after kfree'],
    spares: 'a read before that',
    fixed: readerAndPutter([set('data', 'box->data'), run('box_put(box)')]),
  },
  {
    property: 'use-after-free',
    reports: 'a put of a reference that another thread may already have dropped',
    broken: { ...readerAndPutter([run('box_put(box)')]), setup: makeBox(1) },
    findings: [
      'refcount-underflow box.refs: refcount_dec_and_test',
      'use-after-free box.refs: refcount_dec_and_test, after kfree',
    ],
    spares: 'two puts of two references',
    fixed: readerAndPutter([run('box_put(box)')]),
  },
  {
    property: 'use-after-free',
    reports: 'a pointer to a local variable that outlives its function',
    broken: probe(['int data'], [run('publish()'), set('data', 'world.box->data'), ret('data')], {
      functions: [
        toyFn('void publish(void)', ['struct box local'], [set('local.data', '1'), set('world.box', '&local')]),
      ],
    }),
    findings: ['use-after-free box.data: read'],
    spares: 'a pointer that is used while the function runs',
    fixed: probe([], [run('publish()'), ret('0')], {
      functions: [
        toyFn(
          'void publish(void)',
          ['struct box local', 'int data'],
          [
            set('local.data', '1'),
            set('world.box', '&local'),
            set('data', 'world.box->data'),
            set('world.box', 'NULL'),
          ],
        ),
      ],
    }),
  },
  {
    property: 'memory-leak',
    reports: 'an object that another one took the place of',
    broken: replacer([set('world.box', 'box')]),
    findings: ['memory-leak box: leak'],
    spares: 'the one that took the place of what was there before the run',
    fixed: replacer([set('old', 'world.box'), set('world.box', 'box'), run('kfree(old)')]),
  },
  {
    property: 'memory-leak',
    reports: 'an object in a place where there was none',
    broken: replacer([set('old', 'world.box'), set('world.spare', 'box'), set('world.box', 'NULL'), run('kfree(old)')]),
    findings: ['memory-leak box: end of run'],
    spares: 'one that another one in its place names, as the one before did',
    fixed: replacer(
      [
        set('old', 'world.box'),
        kzalloc('peer', 'box'),
        when('!peer', [run('kfree(box)'), ret('-ENOMEM')]),
        set('box->peer', 'peer'),
        set('world.box', 'box'),
        run('kfree(old->peer)'),
        run('kfree(old)'),
      ],
      [kzalloc('peer', 'box'), set('box->peer', 'peer')],
    ),
  },
  {
    // Whose memory was the other one's before.
    property: 'memory-leak',
    reports: 'an object in a place where there was none, after another one was freed',
    broken: mover([
      run('kfree(box)'),
      set('world.box', 'NULL'),
      set('box', 'NULL'),
      kzalloc('box', 'box'),
      set('world.spare', 'box'),
    ]),
    findings: ['memory-leak box: end of run'],
    spares: 'the same object in another place',
    fixed: mover([set('world.spare', 'box'), set('world.box', 'NULL')]),
  },
  {
    property: 'memory-leak',
    reports: 'an object of a worker in another place than without the run',
    broken: keeper([kzalloc('box', 'box'), set('world.spare', 'box'), set('box', 'NULL')]),
    findings: ['memory-leak box: end of run'],
    spares: 'one in the same place, in other memory',
    fixed: keeper([
      kzalloc('first', 'box'),
      kzalloc('box', 'box'),
      run('kfree(first)'),
      set('world.box', 'box'),
      set('box', 'NULL'),
    ]),
  },
  {
    // There are ends with the pointer that is left and ends with the object, before there is one with both.
    property: 'memory-leak',
    reports: 'an object that is left in another place where nobody else comes late',
    broken: keeper(alsoFreed([])),
    findings: ['memory-leak box: end of run'],
    spares: 'a pointer that is left there without it',
    fixed: keeper(alsoFreed([run('kfree(world.spare)')])),
  },
  {
    property: 'memory-leak',
    reports: 'an object that a worker has lost',
    broken: keeper([kzalloc('first', 'box'), kzalloc('box', 'box'), set('box', 'first'), set('first', 'NULL')]),
    findings: ['memory-leak box: leak'],
    spares: 'one that it has in hand, in other memory than without the run',
    fixed: keeper([kzalloc('first', 'box'), kzalloc('box', 'box'), run('kfree(first)')]),
  },
  ...['cursor', 'world.cursor'].map((cursor): ToyPair => ({
    property: 'memory-leak',
    reports: `an object that only ${cursor} names, which named another one without the run`,
    broken: twoNames(cursor, [set(cursor, 'box'), set('world.spare', 'NULL')]),
    findings: ['memory-leak box: end of run'],
    spares: `two objects that both have their place, of which ${cursor} names the other one without the run`,
    fixed: twoNames(cursor, [set(cursor, 'box')]),
  })),
  {
    property: 'count-not-restored',
    reports: 'a reference too many on an object that took the place of another one',
    broken: replacer([
      run('refcount_set(&box->refs, 2)'),
      set('old', 'world.box'),
      set('world.box', 'box'),
      run('kfree(old)'),
    ]),
    findings: ['count-not-restored box.refs: end of run'],
    spares: 'as many as the other one had',
    fixed: replacer([
      run('refcount_inc(&box->refs)'),
      run('refcount_dec_and_test(&box->refs)'),
      set('old', 'world.box'),
      set('world.box', 'box'),
      run('kfree(old)'),
    ]),
  },
  {
    property: 'double-free',
    reports: 'two owners that both free',
    broken: {
      types,
      setup: makeBox(0),
      functions: [toyFn('void drop(void)', [], [run('kfree(world.box)')])],
      threads: { one: [run('drop()')], other: [run('drop()')] },
    },
    findings: ['double-free box: kfree, after kfree'],
    spares: 'two threads of which one takes the object away from the other',
    fixed: {
      types,
      setup: makeBox(0),
      functions: [
        toyFn(
          'void drop(void)',
          ['struct box *box'],
          [
            run('spin_lock(&world.lock)'),
            set('box', 'world.box'),
            set('world.box', 'NULL'),
            run('spin_unlock(&world.lock)'),
            run('kfree(box)'),
          ],
        ),
      ],
      threads: { one: [run('drop()')], other: [run('drop()')] },
    },
  },
  {
    property: 'double-free',
    reports: 'a global that is freed',
    broken: probe([], [run('kfree(&world)'), ret('0')]),
    findings: ['double-free world: kfree'],
    spares: 'what a global names',
    fixed: probe([], [run('kfree(world.box)'), set('world.box', 'NULL'), ret('0')], { setup: makeBox(1) }),
  },
  {
    property: 'double-free',
    reports: 'a pointer into an object that is freed',
    broken: probe(
      ['struct box *box'],
      [kzalloc('box', 'box'), when('!box', [ret('-ENOMEM')]), run('kfree(&box->data)'), ret('0')],
    ),
    findings: ['double-free box.data: kfree'],
    spares: 'a pointer to the object, found again from one into it',
    fixed: probe(
      ['struct box *box', 'int *data'],
      [
        kzalloc('box', 'box'),
        when('!box', [ret('-ENOMEM')]),
        set('data', '&box->data'),
        run('spin_lock(&world.lock)'),
        run('spin_unlock(&world.lock)'),
        run('kfree(container_of(data, struct box, data))'),
        ret('0'),
      ],
    ),
  },
  {
    property: 'uninitialised',
    reports: 'a field of kmalloc()ed memory that is read before it is written',
    broken: probe(
      ['struct box *box', 'int data'],
      [
        kmalloc('box', 'box'),
        when('!box', [ret('-ENOMEM')]),
        set('data', '0'),
        when('box->data', [set('data', '1')]),
        run('kfree(box)'),
        ret('data'),
      ],
    ),
    findings: ['uninitialised box.data: read'],
    spares: 'one that is written first',
    fixed: probe(
      ['struct box *box', 'int data'],
      [
        kmalloc('box', 'box'),
        when('!box', [ret('-ENOMEM')]),
        set('data', '0'),
        set('box->data', '0'),
        when('box->data', [set('data', '1')]),
        run('kfree(box)'),
        ret('data'),
      ],
    ),
  },
  {
    property: 'uninitialised',
    reports: 'a pointer from kmalloc()ed memory that is followed',
    broken: probe(
      ['struct box *box', 'int data'],
      [
        kmalloc('box', 'box'),
        when('!box', [ret('-ENOMEM')]),
        set('data', 'box->peer->data'),
        run('kfree(box)'),
        ret('data'),
      ],
    ),
    findings: ['uninitialised box.peer: read'],
    spares: 'memory from kzalloc(), whose NULL is tested',
    fixed: probe(
      ['struct box *box', 'int data'],
      [
        kzalloc('box', 'box'),
        when('!box', [ret('-ENOMEM')]),
        set('data', '0'),
        when('box->peer', [set('data', 'box->peer->data')]),
        run('kfree(box)'),
        ret('data'),
      ],
    ),
  },
  {
    property: 'uninitialised',
    reports: 'a comparison with a field that nobody wrote',
    broken: probe(
      ['struct box *box'],
      [
        kmalloc('box', 'box'),
        when('!box', [ret('-ENOMEM')]),
        when('box->data == 1', [run('kfree(box)'), ret('1')]),
        run('kfree(box)'),
        ret('0'),
      ],
    ),
    findings: ['uninitialised box.data: read'],
    spares: 'a copy that nobody looks at',
    fixed: probe(
      ['struct box *box', 'struct box *copy'],
      [
        kmalloc('box', 'box'),
        when('!box', [ret('-ENOMEM')]),
        kmalloc('copy', 'box'),
        when('copy', [set('copy->data', 'box->data'), run('kfree(copy)')]),
        run('kfree(box)'),
        ret('0'),
      ],
    ),
  },
  {
    property: 'uninitialised',
    reports: 'a local variable that one path does not write',
    broken: probe(
      ['int data', 'struct box *box'],
      [kzalloc('box', 'box'), when('box', [set('data', '1'), run('kfree(box)')]), when('data', [ret('1')]), ret('0')],
    ),
    findings: ['uninitialised: read'],
    spares: 'one that is read only where it was written',
    fixed: probe(
      ['int data', 'struct box *box'],
      [
        kmalloc('box', 'box'),
        when('!box', [ret('-ENOMEM')]),
        set('data', '1'),
        run('kfree(box)'),
        when('data', [ret('1')]),
        ret('0'),
      ],
    ),
  },
  {
    property: 'uninitialised',
    reports: 'a field of a struct inside a local struct',
    broken: inner([set('local.first.data', '0')]),
    findings: ['uninitialised pair.second.data: read'],
    spares: 'one that is written as well',
    fixed: inner([set('local.first.data', '0'), set('local.second.data', '0')]),
  },
  {
    property: 'null-dereference',
    reports: 'an allocation whose failure is not tested',
    broken: probe(['struct box *box'], [kzalloc('box', 'box'), set('box->data', '1'), run('kfree(box)'), ret('0')]),
    findings: ['null-dereference box.data: write'],
    spares: 'one whose failure is',
    fixed: probe(
      ['struct box *box'],
      [kzalloc('box', 'box'), when('!box', [ret('-ENOMEM')]), set('box->data', '1'), run('kfree(box)'), ret('0')],
    ),
  },
  {
    property: 'null-dereference',
    reports: 'an operation that is called although the table lacks it',
    broken: {
      types: { ...types, box_ops: { open: 'fn?', close: 'fn' } },
      functions: [
        toyFn('int probe(struct box_ops *ops)', [], [ret('ops->open()')]),
        toyFn('void toy_close(void)', [], []),
      ],
      tables: [{ name: 'toy_ops', type: 'box_ops', fields: { close: 'toy_close' } }],
      threads: { user: [run('probe(&toy_ops)')] },
    },
    findings: ['null-dereference box_ops.open: call'],
    spares: 'one that is tested first',
    fixed: {
      types: { ...types, box_ops: { open: 'fn?', close: 'fn' } },
      functions: [
        toyFn(
          'int probe(struct box_ops *ops)',
          [],
          [when('ops->open', [ret('ops->open()')]), run('ops->close()'), ret('0')],
        ),
        toyFn('void toy_close(void)', [], []),
      ],
      tables: [{ name: 'toy_ops', type: 'box_ops', fields: { close: 'toy_close' } }],
      threads: { user: [run('probe(&toy_ops)')] },
    },
  },
  {
    property: 'err-pointer-dereference',
    reports: 'an error pointer that passes a test for NULL',
    broken: probe(
      ['struct box *box'],
      [set('box', 'make()'), when('!box', [ret('-ENOMEM')]), set('box->data', '1'), run('kfree(box)'), ret('0')],
      { functions: [make()] },
    ),
    findings: ['err-pointer-dereference box.data: write'],
    spares: 'one that is tested with IS_ERR()',
    fixed: probe(
      ['struct box *box'],
      [
        set('box', 'make()'),
        when('IS_ERR(box)', [ret('PTR_ERR(box)')]),
        set('box->data', '1'),
        run('kfree(box)'),
        ret('0'),
      ],
      { functions: [make()] },
    ),
  },
  {
    property: 'err-pointer-dereference',
    reports: 'an error pointer that is freed',
    broken: probe(['struct box *box'], [set('box', 'make()'), run('kfree(box)'), ret('0')], { functions: [make()] }),
    findings: ['err-pointer-dereference: kfree'],
    spares: 'NULL that is freed',
    fixed: probe(['struct box *box'], [kzalloc('box', 'box'), run('kfree(box)'), run('kfree(NULL)'), ret('0')]),
  },
  {
    property: 'freed-pointer-compare',
    reports: 'a pointer to freed memory that is compared with a new object',
    broken: probe(
      ['struct box *old', 'struct box *box'],
      [
        set('old', 'make()'),
        when('IS_ERR(old)', [ret('-ENOMEM')]),
        run('kfree(old)'),
        set('box', 'make()'),
        when('IS_ERR(box)', [ret('-ENOMEM')]),
        // Either result is possible: the new object may be where the old one was.
        when('box == old', [run('WARN_ON(true)')]),
        run('kfree(box)'),
        ret('0'),
      ],
      { functions: [make()] },
    ),
    findings: ['freed-pointer-compare box: compare, after kfree', 'kernel-warning: WARN_ON'],
    spares: 'one that was forgotten when its memory was freed',
    fixed: probe(
      ['struct box *old', 'struct box *box'],
      [
        set('old', 'make()'),
        when('IS_ERR(old)', [ret('-ENOMEM')]),
        run('kfree(old)'),
        set('old', 'NULL'),
        set('box', 'make()'),
        when('IS_ERR(box)', [ret('-ENOMEM')]),
        when('box == old', [run('WARN_ON(true)')]),
        run('kfree(box)'),
        ret('0'),
      ],
      { functions: [make()] },
    ),
  },
  {
    property: 'memory-leak',
    reports: 'an object that an error path forgets',
    broken: probe(
      ['struct box *box', 'struct box *peer'],
      [
        set('box', 'make()'),
        when('IS_ERR(box)', [ret('-ENOMEM')]),
        set('peer', 'make()'),
        when('IS_ERR(peer)', [ret('-ENOMEM')]),
        run('kfree(peer)'),
        run('kfree(box)'),
        ret('0'),
      ],
      { functions: [make()] },
    ),
    findings: ['memory-leak box: leak'],
    spares: 'one that is freed on every path',
    fixed: probe(
      ['struct box *box', 'struct box *peer'],
      [
        set('box', 'make()'),
        when('IS_ERR(box)', [ret('-ENOMEM')]),
        set('peer', 'make()'),
        when('IS_ERR(peer)', [run('kfree(box)'), ret('-ENOMEM')]),
        run('kfree(peer)'),
        run('kfree(box)'),
        ret('0'),
      ],
      { functions: [make()] },
    ),
  },
  {
    property: 'memory-leak',
    reports: 'two objects that only name each other',
    broken: probe([], [ret('pair()')], { functions: [make(), pair([])] }),
    findings: ['memory-leak box: leak'],
    spares: 'a cycle that is taken apart',
    fixed: probe([], [ret('pair()')], { functions: [make(), pair([run('kfree(box->peer)'), run('kfree(box)')])] }),
  },
  {
    property: 'memory-leak',
    reports: 'an object that a global names at the end',
    broken: probe(
      ['struct box *box'],
      [set('box', 'make()'), when('IS_ERR(box)', [ret('-ENOMEM')]), set('world.box', 'box'), ret('0')],
      { functions: [make()] },
    ),
    findings: ['memory-leak box: end of run'],
    spares: 'one that was there after setup',
    fixed: {
      types,
      setup: makeBox(1),
      functions: [
        toyFn(
          'int probe(void)',
          ['struct box *box'],
          [set('box', 'make()'), when('IS_ERR(box)', [ret('-ENOMEM')]), run('kfree(box)'), ret('world.box->data')],
        ),
        make(),
      ],
      threads: { user: [run('probe()')] },
    },
  },
];

/** A local struct of two boxes; both are read after `writes`. */
function inner(writes: readonly Statement[]): Toy {
  return {
    types: { ...types, pair: { first: 'struct box', second: 'struct box' } },
    functions: [
      toyFn(
        'int probe(void)',
        ['struct pair local'],
        [...writes, when('!local.first.data && !local.second.data', [ret('1')]), ret('0')],
      ),
    ],
    threads: { user: [run('probe()')] },
  };
}

/** Allocates a box; an error pointer on failure. */
function make() {
  return toyFn(
    'struct box *make(void)',
    ['struct box *box'],
    [kzalloc('box', 'box'), when('!box', [ret('ERR_PTR(-ENOMEM)')]), ret('box')],
  );
}

/** Two boxes that name each other, and what is done with them. */
function pair(end: readonly Statement[]) {
  return toyFn(
    'int pair(void)',
    ['struct box *box', 'struct box *peer'],
    [
      set('box', 'make()'),
      when('IS_ERR(box)', [ret('-ENOMEM')]),
      set('peer', 'make()'),
      when('IS_ERR(peer)', [run('kfree(box)'), ret('-ENOMEM')]),
      set('box->peer', 'peer'),
      set('peer->peer', 'box'),
      ...end,
      ret('0'),
    ],
  );
}
