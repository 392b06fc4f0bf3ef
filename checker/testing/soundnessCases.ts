/**
 * What reductions rest on: one small system for each thing that must be noticed, or a finding is lost. Private to tests.
 */
import { alloc, choose, fn, outcome, ret, run, set, when } from '../../models/program/build.js';
import type { Statement } from '../../models/program/statement.js';
import { link } from '../system/link.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import type { Toy, ToyThread } from './toySystem.js';
import { toySystem } from './toySystem.js';

/** What threads tell about what they came to see: memory of that name, which they forget at once, so that nobody else notices. */
const news = ['early', 'late', 'busy', 'free', 'first', 'second', 'both'] as const;
const tell = (what: (typeof news)[number]): Statement[] => [alloc('seen', what), set('seen', 'NULL')];

const types = {
  world: {
    box: 'struct box *',
    spare: 'struct box *',
    files: 'struct files_struct *',
    lock: 'struct mutex',
    other: 'struct mutex',
    one: 'struct completion',
    two: 'struct completion',
    refs: 'refcount_t',
    many: 'refcount_t',
    users: 'struct module',
    flag: 'int',
    data: 'int',
  },
  box: { lock: 'struct mutex', refs: 'refcount_t', done: 'struct completion', data: 'int', peer: 'struct box *' },
  ...Object.fromEntries(news.map((name) => [name, { data: 'int' }])),
};
const locals = ['struct box *box', 'struct box *more', 'struct files_struct *files', 'int x', 'struct seen *seen'];

/** A box in `world.box`, with one reference; two references to the world and three of another kind, one to its module, and one `complete()` of each of its completions. */
const setup = {
  locals,
  body: [
    ...['lock', 'other'].map((name) => run(`mutex_init(&world.${name})`)),
    ...['one', 'two'].flatMap((name) => [run(`init_completion(&world.${name})`), run(`complete(&world.${name})`)]),
    run('refcount_set(&world.refs, 2)'),
    run('refcount_set(&world.many, 3)'),
    run('__module_get(&world.users)'),
    alloc('box', 'box'),
    run('mutex_init(&box->lock)'),
    run('init_completion(&box->done)'),
    run('refcount_set(&box->refs, 1)'),
    set('world.box', 'box'),
  ],
};

const getBox = set('box', 'world.box', 'marked');
const takeBox = [getBox, set('world.box', 'NULL', 'marked')];
const raiseFlag = set('world.flag', '1', 'marked');
const readFlag = set('x', 'world.flag', 'marked');
const lock = (name = 'world.lock') => run(`mutex_lock(&${name})`);
const unlock = (name = 'world.lock') => run(`mutex_unlock(&${name})`);
const put = set('x', 'refcount_dec_and_test(&world.refs)');
const putOne = set('x', 'refcount_dec_and_test(&world.many)');
const takeOne = set('x', 'refcount_inc_not_zero(&world.many)');
const wait = (name: string) => run(`wait_for_completion(&world.${name})`);
const complete = (name: string) => run(`complete(&world.${name})`);

/** Two things in one step. */
const raiseAndCount = fn(
  'void raise_and_count(struct world *world)',
  { file: 'none', origin: 'kernel', atomic: { shared: ['world'] } },
  [set('world->flag', '1', 'atomic'), run('refcount_inc(&world->refs)')],
);

export interface SoundnessCase {
  readonly title: string;
  readonly threads: Readonly<Record<string, readonly Statement[]>>;
  /** The threads are of one process each. */
  readonly haveFiles?: true;
  /** What every search finds. */
  readonly findings: readonly string[];
}

export const soundnessCases: readonly SoundnessCase[] = [
  {
    title: 'a deadlock of two completions that are used like locks',
    threads: {
      first: [wait('one'), wait('two'), complete('two'), complete('one')],
      second: [wait('two'), wait('one'), complete('one'), complete('two')],
    },
    findings: ['deadlock world.one: wait_for_completion', 'deadlock world.two: wait_for_completion'],
  },
  {
    // Nobody else is left that reaches the box when its count is read, if no run stops between the look-up and the increment.
    title: 'an increment after another thread has read the count of a box that is its own again',
    threads: {
      owner: [
        ...takeBox,
        set('x', 'try_wait_for_completion(&box->done)'),
        set('x', 'refcount_read(&box->refs)'),
        set('world.flag', 'x', 'marked'),
      ],
      user: [
        getBox,
        when('!box', [ret()]),
        run('refcount_inc(&box->refs)'),
        set('box', 'NULL'),
        readFlag,
        when('x == 1', tell('late')),
      ],
    },
    findings: ['memory-leak box: leak', 'memory-leak late: leak'],
  },
  {
    // The same with data, which the user reads together with the unlock.
    title: 'a write to a box that another thread has looked up and not read yet',
    threads: {
      owner: [...takeBox, lock('world.other'), unlock('world.other'), set('box->data', '1', 'marked')],
      user: [
        lock(),
        getBox,
        set('x', '0'),
        when('box', [set('x', 'box->data', 'marked')]),
        unlock(),
        when('x', tell('late')),
      ],
    },
    findings: ['memory-leak box: leak', 'memory-leak late: leak'],
  },
  {
    title: 'a look-up of a box that its owner frees when nobody else can reach it',
    threads: { owner: [...takeBox, run('kfree(box)')], user: [getBox, when('box', [run('refcount_inc(&box->refs)')])] },
    findings: ['use-after-free box.refs: refcount_inc, after kfree'],
  },
  {
    title: 'a signal to a box that the first signal has freed',
    threads: {
      owner: [getBox, run('wait_for_completion(&box->done)'), set('world.box', 'NULL', 'marked'), run('kfree(box)')],
      user: [getBox, when('box', [run('complete(&box->done)'), run('complete(&box->done)')])],
    },
    findings: ['use-after-free box.done: complete, after kfree'],
  },
  {
    title: 'what a lock is still used for when it is given back',
    threads: {
      owner: [...takeBox, run('kfree(box)')],
      user: [getBox, when('box', [lock('box->lock'), unlock('box->lock')])],
    },
    findings: [
      'lock-destroyed-held box.lock: kfree',
      'use-after-free box.lock: mutex_lock, after kfree',
      'use-after-free box.lock: mutex_unlock, after kfree',
    ],
  },
  {
    // The last free but one was another one.
    title: 'a put of a box that another thread frees, with a step between that has nothing to do with it',
    threads: {
      owner: [getBox, run('kfree(box)')],
      user: [
        getBox,
        run('refcount_inc(&box->refs)'),
        unlock(),
        when('refcount_dec_and_test(&box->refs)', [run('kfree(box)')]),
      ],
    },
    findings: [
      'lock-not-held world.lock: mutex_unlock',
      'use-after-free box.refs: refcount_dec_and_test, after kfree',
      'use-after-free box.refs: refcount_inc, after kfree',
    ],
  },
  {
    // As long as no count is seen to come to its end, what is known of puts holds in states before it only.
    title: 'an increment behind the last put',
    threads: {
      putter: [put, readFlag, when('!x', [ret()]), put],
      user: [raiseFlag, run('refcount_inc(&world.refs)')],
    },
    findings: ['count-not-restored world.refs: end of run', 'refcount-from-zero world.refs: refcount_inc'],
  },
  {
    // Each put could come behind the other one, but its thread would have taken a reference again by then.
    title: 'the last one of two puts after which references are taken again',
    threads: Object.fromEntries(
      ['first', 'second'].map((name) => [
        name,
        [put, run('refcount_inc_not_zero(&world.refs)'), when('x', tell(name === 'first' ? 'first' : 'second'))],
      ]),
    ),
    findings: ['count-not-restored world.refs: end of run', 'memory-leak first: leak', 'memory-leak second: leak'],
  },
  {
    // Who puts twice in a row makes up for none of it by the second put.
    title: 'the last one of three puts by two threads, after which references are taken again',
    threads: {
      first: [putOne, when('x', tell('first')), putOne, when('x', tell('first')), takeOne, takeOne],
      second: [putOne, when('x', tell('second')), takeOne],
    },
    findings: ['count-not-restored world.many: end of run', 'memory-leak first: leak', 'memory-leak second: leak'],
  },
  {
    // The same with what a second put breaks.
    title: 'a put too many, although references are taken again',
    threads: Object.fromEntries(
      ['first', 'second'].map((name) => [name, [run('module_put(&world.users)'), run('__module_get(&world.users)')]]),
    ),
    findings: ['refcount-underflow world.users.ref: module_put'],
  },
  {
    title: 'which of two puts is the last one',
    threads: {
      first: [put, when('x', tell('first')), lock('world.other')],
      second: [put, when('x', tell('second')), lock('world.other')],
    },
    findings: [
      'deadlock world.other: mutex_lock',
      'lock-held-at-return world.other: return',
      'memory-leak first: leak',
      'memory-leak second: leak',
    ],
  },
  {
    title: 'what puts see after an increment from zero',
    threads: {
      one: [put, when('x', tell('first'))],
      other: [put, when('x', tell('early')), run('refcount_inc(&world.refs)'), put, when('x', tell('late'))],
    },
    findings: [
      'count-not-restored world.refs: end of run',
      'memory-leak early: leak',
      'memory-leak first: leak',
      'memory-leak late: leak',
      'refcount-from-zero world.refs: refcount_inc',
    ],
  },
  {
    title: 'a lock that somebody tries to take while it is held',
    threads: {
      holder: [lock(), unlock()],
      other: [when('mutex_trylock(&world.lock)', [unlock(), ...tell('free')], tell('busy'))],
    },
    findings: ['memory-leak busy: leak', 'memory-leak free: leak'],
  },
  {
    title: 'a lock given back before another one is, to somebody who tries',
    threads: {
      holder: [lock(), unlock('world.other')],
      other: [
        lock(),
        lock('world.other'),
        unlock(),
        when('!mutex_trylock(&world.lock)', [...tell('busy'), ret()]),
        ...tell('free'),
        unlock('world.other'),
      ],
    },
    findings: [
      'deadlock world.lock: mutex_lock',
      'lock-held-at-return world.lock: return',
      'lock-held-at-return world.other: return',
      'lock-not-held world.other: mutex_unlock',
      'memory-leak busy: leak',
      'memory-leak free: leak',
    ],
  },
  {
    title: 'a lock that is taken between a signal and the wait for it',
    threads: {
      one: [wait('two'), complete('two'), wait('two')],
      other: [wait('two'), when('!mutex_trylock(&world.lock)', tell('busy'), tell('free'))],
    },
    findings: [
      'deadlock world.two: wait_for_completion',
      'lock-held-at-return world.lock: return',
      'memory-leak free: leak',
    ],
  },
  {
    title: 'a deadlock of two locks',
    threads: {
      one: [lock(), lock('world.other'), unlock('world.other'), unlock()],
      other: [lock('world.other'), lock(), unlock(), unlock('world.other')],
    },
    findings: [
      'deadlock world.lock: mutex_lock',
      'deadlock world.other: mutex_lock',
      'lock-order world.lock: lock, after world.other',
    ],
  },
  {
    title: 'a count that is set while others are counted',
    threads: {
      one: [run('refcount_inc(&world.refs)'), wait('one')],
      other: [run('refcount_set(&world.refs, 1)'), wait('one'), complete('one')],
    },
    findings: ['count-not-restored world.refs: end of run', 'deadlock world.one: wait_for_completion'],
  },
  {
    title: 'a race between a read under a lock and a write without it',
    threads: { reader: [lock(), set('x', 'world.data'), unlock()], writer: [set('world.data', '1')] },
    findings: ['data-race world.data: write, after read'],
  },
  {
    title: 'a race of two writes, one of them under a lock',
    threads: { one: [set('world.data', '1')], other: [lock(), set('world.data', '1'), unlock()] },
    findings: ['data-race world.data: write, after write'],
  },
  {
    title: 'who else takes a lock that nobody gives back',
    threads: {
      one: [raiseFlag, lock(), set('world.data', '1', 'marked')],
      other: [readFlag, when('!x', [ret()]), lock(), ...tell('late')],
    },
    findings: ['deadlock world.lock: mutex_lock', 'lock-held-at-return world.lock: return', 'memory-leak late: leak'],
  },
  {
    title: 'who else waits for what is signalled once',
    threads: { one: [raiseFlag, wait('one')], other: [readFlag, when('!x', [ret()]), wait('one'), ...tell('late')] },
    findings: ['deadlock world.one: wait_for_completion', 'memory-leak late: leak'],
  },
  {
    title: 'what others do in front of a step that ends the path',
    threads: { one: [raiseFlag, set('x', 'more->data')], other: [readFlag, when('x', tell('late'))] },
    findings: ['memory-leak late: leak', 'uninitialised: read'],
  },
  {
    title: 'what others do in front of a step that commutes in one of its ways',
    threads: {
      one: [
        raiseFlag,
        choose('what', [outcome('signal', [complete('one')]), outcome('put', [put, when('x', tell('first'))])]),
      ],
      other: [readFlag, when('!x', [ret()]), put, when('x', tell('second'))],
    },
    findings: ['count-not-restored world.refs: end of run', 'memory-leak first: leak', 'memory-leak second: leak'],
  },
  {
    title: 'a deadlock of two locks of which the second is taken in one of two ways',
    threads: {
      one: [
        lock(),
        choose('more', [outcome('other', [lock('world.other'), unlock('world.other')]), outcome('none')]),
        unlock(),
      ],
      other: [
        lock('world.other'),
        choose('more', [outcome('lock', [lock(), unlock()]), outcome('none')]),
        unlock('world.other'),
      ],
    },
    findings: [
      'deadlock world.lock: mutex_lock',
      'deadlock world.other: mutex_lock',
      'lock-order world.lock: lock, after world.other',
    ],
  },
  {
    title: 'what others see in front of a step that writes and counts',
    threads: {
      one: [set('world.data', '1', 'marked'), run('raise_and_count(&world)')],
      other: [set('x', 'world.data', 'marked'), when('!x', [ret()]), readFlag, when('!x', tell('early'))],
    },
    findings: ['count-not-restored world.refs: end of run', 'memory-leak early: leak'],
  },
  {
    title: 'a race of writes under two locks',
    threads: {
      one: [lock(), set('world.data', '1'), unlock()],
      other: [lock('world.other'), set('world.data', '1'), unlock('world.other')],
    },
    findings: ['data-race world.data: write, after write'],
  },
  {
    // It is private again when the step is over; if it were not, there would be more states than in the reference.
    title: 'memory that a step publishes and takes back',
    threads: {
      owner: [
        getBox,
        lock(),
        alloc('more', 'box'),
        set('box->peer', 'more', 'marked'),
        set('box->peer', 'NULL', 'marked'),
        unlock(),
        set('more->data', '2', 'marked'),
        raiseFlag,
        set('more->data', '1', 'marked'),
      ],
      user: [getBox, readFlag],
    },
    findings: ['memory-leak box: leak'],
  },
  {
    title: 'a box that a thread has looked up, and a global names, when another box is forgotten',
    threads: {
      one: [
        alloc('more', 'box'),
        set('world.spare', 'more', 'marked'),
        set('more', 'NULL'),
        set('world.spare', 'NULL', 'marked'),
        getBox,
        set('box->data', '1', 'marked'),
      ],
      other: [getBox, raiseFlag, run('kfree(box)')],
    },
    findings: ['memory-leak box: leak', 'use-after-free box.data: write, after kfree'],
  },
  {
    title: 'memory that one thread is left with, named by its task',
    threads: {
      owner: [
        ...takeBox,
        set('current->work[0]', 'box'),
        set('box', 'NULL'),
        raiseFlag,
        set('box', 'current->work[0]'),
        set('box->data', '1', 'marked'),
        run('kfree(box)'),
        set('current->work[0]', 'NULL'),
      ],
      user: [getBox, readFlag],
    },
    findings: [],
  },
  {
    title: 'memory that one thread is left with, named by its files',
    haveFiles: true,
    threads: {
      owner: [
        getBox,
        set('current->files->fd[0].file', 'box'),
        set('box', 'NULL'),
        set('world.box', 'NULL', 'marked'),
        raiseFlag,
        set('box', 'current->files->fd[0].file'),
        set('box->data', '1', 'marked'),
        set('current->files->fd[0].file', 'NULL'),
        run('kfree(box)'),
      ],
      user: [getBox, readFlag],
    },
    findings: [],
  },
  {
    title: 'memory that is named by files which another thread reaches',
    haveFiles: true,
    threads: {
      owner: [
        set('world.files', 'current->files', 'marked'),
        ...takeBox,
        set('current->files->fd[0].file', 'box', 'marked'),
        raiseFlag,
        set('current->files->fd[0].file', 'NULL', 'marked'),
        run('kfree(box)'),
      ],
      user: [
        set('files', 'world.files', 'marked'),
        when('!files', [ret()]),
        readFlag,
        when('!x', [ret()]),
        set('box', 'files->fd[0].file', 'marked'),
        when('box', [set('box->data', '1', 'marked')]),
      ],
    },
    findings: ['use-after-free box.data: write, after kfree'],
  },
  {
    // What the box names is its thread's own although another object names it: nobody else's step has to do with it.
    title: 'memory that only a box names which one thread is left with',
    threads: {
      owner: [
        alloc('more', 'box'),
        set('box', 'world.box', 'marked'),
        set('box->peer', 'more', 'marked'),
        set('more', 'NULL'),
        set('world.box', 'NULL', 'marked'),
        set('box->peer->data', '1', 'marked'),
        set('more', 'box->peer', 'marked'),
        run('kfree(more)'),
        run('kfree(box)'),
      ],
      user: [getBox, readFlag],
    },
    findings: [],
  },
];

/** The system of a case, as a toy and linked. */
export function soundnessSystem({ threads, haveFiles }: SoundnessCase): {
  readonly toy: Toy;
  readonly system: LinkedSystem;
} {
  const toy = {
    types,
    functions: [raiseAndCount],
    setup,
    threads: Object.fromEntries(
      Object.entries(threads).map(([name, body]): [string, ToyThread] => [
        name,
        { locals, body, ...(haveFiles ? { process: name } : {}) },
      ]),
    ),
  };
  const { revision, scenario } = toySystem(toy);
  return { toy, system: link(revision, scenario) };
}
