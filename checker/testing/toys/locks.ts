import { kzalloc } from '../../../models/kernel/slab.js';
import { ret, run, when } from '../../../models/program/build.js';
import type { Statement } from '../../../models/program/statement.js';
import type { Toy } from '../toySystem.js';
import { toyFn } from '../toySystem.js';
import type { ToyPair } from './toyPair.js';

const types = {
  world: {
    lock: 'struct mutex',
    other: 'struct mutex',
    third: 'struct mutex',
    spin: 'spinlock_t',
    inner: 'spinlock_t',
    box: 'struct box *',
  },
  box: { lock: 'struct mutex', spin: 'spinlock_t', data: 'int' },
};

/** One thread that runs `body` as the driver's function `probe`. */
const probe = (body: readonly Statement[], locals: readonly string[] = []): Toy => ({
  types,
  functions: [toyFn('int probe(void)', locals, [...body, ret('0')])],
  threads: { user: [run('probe()')] },
});

/** As `probe`, with a box whose mutex `init` prepares; `body` works on it. */
const withBox = (init: string, body: readonly Statement[]): Toy =>
  probe([kzalloc('box', 'box'), when('!box', [ret('-ENOMEM')]), run(init), ...body], ['struct box *box']);

/** Two functions, run by two threads. */
const two = (one: readonly Statement[], other: readonly Statement[]): Toy => ({
  types,
  functions: [toyFn('void first(void)', [], one), toyFn('void second(void)', [], other)],
  threads: { one: [run('first()')], two: [run('second()')] },
});

const nested = (outer: string, inner: string): Statement[] => [
  run(`mutex_lock(&world.${outer})`),
  run(`mutex_lock(&world.${inner})`),
  run(`mutex_unlock(&world.${inner})`),
  run(`mutex_unlock(&world.${outer})`),
];

export const lockToys: readonly ToyPair[] = [
  {
    property: 'uninitialised',
    reports: 'a mutex that nobody initialised',
    broken: withBox('might_sleep()', [
      run('mutex_lock(&box->lock)'),
      run('mutex_unlock(&box->lock)'),
      run('kfree(box)'),
    ]),
    findings: ['uninitialised box.lock: mutex_lock'],
    spares: 'one that was initialised first',
    fixed: withBox('mutex_init(&box->lock)', [
      run('mutex_lock(&box->lock)'),
      run('mutex_unlock(&box->lock)'),
      run('kfree(box)'),
    ]),
  },
  {
    property: 'lock-not-held',
    reports: 'a mutex that is unlocked twice',
    broken: probe([run('mutex_lock(&world.lock)'), run('mutex_unlock(&world.lock)'), run('mutex_unlock(&world.lock)')]),
    findings: ['lock-not-held world.lock: mutex_unlock'],
    spares: 'one that is unlocked only if the trylock succeeded',
    fixed: probe([when('mutex_trylock(&world.lock)', [run('mutex_unlock(&world.lock)')])]),
  },
  {
    property: 'lock-not-held',
    reports: 'a lock that another thread holds',
    broken: two([run('spin_lock(&world.spin)'), run('spin_unlock(&world.spin)')], [run('spin_unlock(&world.spin)')]),
    findings: ['lock-not-held world.spin: spin_unlock'],
    spares: 'two threads that take turns',
    fixed: two(
      [run('spin_lock(&world.spin)'), run('spin_unlock(&world.spin)')],
      [run('spin_lock(&world.spin)'), run('spin_unlock(&world.spin)')],
    ),
  },
  {
    property: 'lock-recursion',
    reports: 'a mutex that its holder takes again',
    broken: probe(nested('lock', 'lock')),
    findings: ['lock-recursion world.lock: mutex_lock'],
    spares: 'one that its holder only tries to take',
    fixed: probe([
      run('mutex_lock(&world.lock)'),
      when('mutex_trylock(&world.lock)', [run('mutex_unlock(&world.lock)')]),
      run('mutex_unlock(&world.lock)'),
    ]),
  },
  {
    property: 'lock-held-at-return',
    reports: 'an error path that keeps the mutex',
    broken: {
      types,
      functions: [
        toyFn(
          'int probe(void)',
          ['struct box *box'],
          [
            run('mutex_lock(&world.lock)'),
            kzalloc('box', 'box'),
            when('!box', [ret('-ENOMEM')]),
            run('mutex_unlock(&world.lock)'),
            run('kfree(box)'),
            ret('0'),
          ],
        ),
      ],
      threads: { user: [run('probe()')] },
    },
    findings: ['lock-held-at-return world.lock: return'],
    spares: 'one that unlocks it',
    fixed: {
      types,
      functions: [
        toyFn(
          'int probe(void)',
          ['struct box *box'],
          [
            run('mutex_lock(&world.lock)'),
            kzalloc('box', 'box'),
            run('mutex_unlock(&world.lock)'),
            when('!box', [ret('-ENOMEM')]),
            run('kfree(box)'),
            ret('0'),
          ],
        ),
      ],
      threads: { user: [run('probe()')] },
    },
  },
  {
    property: 'lock-destroyed-held',
    reports: 'a mutex that is destroyed while it is held',
    broken: withBox('mutex_init(&box->lock)', [
      run('mutex_lock(&box->lock)'),
      run('mutex_destroy(&box->lock)'),
      run('kfree(box)'),
    ]),
    findings: ['lock-destroyed-held box.lock: mutex_destroy'],
    spares: 'one that is destroyed after it was unlocked',
    fixed: withBox('mutex_init(&box->lock)', [
      run('mutex_lock(&box->lock)'),
      run('mutex_unlock(&box->lock)'),
      run('mutex_destroy(&box->lock)'),
      run('kfree(box)'),
    ]),
  },
  {
    property: 'lock-destroyed-held',
    reports: 'memory that is freed with a spinlock held in it',
    broken: withBox('spin_lock_init(&box->spin)', [run('spin_lock(&box->spin)'), run('kfree(box)')]),
    findings: ['lock-destroyed-held box.spin: kfree'],
    spares: 'memory that is freed after the unlock',
    fixed: withBox('spin_lock_init(&box->spin)', [
      run('spin_lock(&box->spin)'),
      run('spin_unlock(&box->spin)'),
      run('kfree(box)'),
    ]),
  },
  {
    property: 'lock-destroyed-held',
    reports: 'a mutex that is initialised again while another thread holds it',
    broken: two([run('mutex_lock(&world.lock)'), run('mutex_unlock(&world.lock)')], [run('mutex_init(&world.lock)')]),
    findings: ['lock-destroyed-held world.lock: mutex_init', 'lock-not-held world.lock: mutex_unlock'],
    spares: 'one that is initialised while its thread is alone',
    fixed: withBox('mutex_init(&box->lock)', [
      run('mutex_lock(&box->lock)'),
      run('mutex_unlock(&box->lock)'),
      run('mutex_init(&box->lock)'),
      run('kfree(box)'),
    ]),
  },
  {
    property: 'lock-order',
    reports: 'two mutexes that one thread takes in both orders, one after the other',
    broken: probe([...nested('lock', 'other'), ...nested('other', 'lock')]),
    findings: ['lock-order world.lock: lock, after world.other'],
    spares: 'two that are always taken in one order',
    fixed: two(nested('lock', 'other'), nested('lock', 'other')),
  },
  {
    property: 'lock-order',
    reports: 'two objects of one type whose locks are taken inside each other',
    broken: {
      types,
      globals: { left: 'struct world', right: 'struct world' },
      functions: [
        toyFn(
          'void probe(void)',
          [],
          [
            run('mutex_lock(&left.lock)'),
            run('mutex_lock(&right.lock)'),
            run('mutex_unlock(&right.lock)'),
            run('mutex_unlock(&left.lock)'),
          ],
        ),
      ],
      threads: { user: [run('probe()')] },
    },
    findings: ['lock-order world.lock: lock, after world.lock'],
    spares: 'two whose locks are taken one after the other',
    fixed: {
      types,
      globals: { left: 'struct world', right: 'struct world' },
      functions: [
        toyFn(
          'void probe(void)',
          [],
          [
            run('mutex_lock(&left.lock)'),
            run('mutex_unlock(&left.lock)'),
            run('mutex_lock(&right.lock)'),
            run('mutex_unlock(&right.lock)'),
          ],
        ),
      ],
      threads: { user: [run('probe()')] },
    },
  },
  {
    property: 'lock-order',
    reports: 'three mutexes that are taken in a circle',
    broken: probe([...nested('lock', 'other'), ...nested('other', 'third'), ...nested('third', 'lock')]),
    findings: [
      'lock-order world.lock: lock, after world.other',
      'lock-order world.other: lock, after world.third',
      'lock-order world.third: lock, after world.lock',
    ],
    spares: 'two of which one is only tried in the other order',
    fixed: probe([
      ...nested('lock', 'other'),
      run('mutex_lock(&world.other)'),
      when('mutex_trylock(&world.lock)', [run('mutex_unlock(&world.lock)')]),
      run('mutex_unlock(&world.other)'),
    ]),
  },
  {
    property: 'sleep-in-atomic',
    reports: 'a mutex that is taken with a spinlock held',
    broken: probe([
      run('spin_lock(&world.spin)'),
      run('mutex_lock(&world.lock)'),
      run('mutex_unlock(&world.lock)'),
      run('spin_unlock(&world.spin)'),
    ]),
    findings: ['sleep-in-atomic world.spin: mutex_lock'],
    spares: 'a spinlock that is taken with a mutex held, and inside it another',
    fixed: probe([
      run('mutex_lock(&world.lock)'),
      run('spin_lock(&world.spin)'),
      run('spin_lock(&world.inner)'),
      run('spin_unlock(&world.inner)'),
      run('spin_unlock(&world.spin)'),
      run('mutex_unlock(&world.lock)'),
    ]),
  },
  {
    property: 'sleep-in-atomic',
    reports: 'an allocation that may wait for memory with a spinlock held',
    broken: probe(
      [run('spin_lock(&world.spin)'), kzalloc('box', 'box'), run('spin_unlock(&world.spin)'), run('kfree(box)')],
      ['struct box *box'],
    ),
    findings: ['sleep-in-atomic world.spin: might_sleep'],
    spares: 'one that is made before',
    fixed: probe(
      [kzalloc('box', 'box'), run('spin_lock(&world.spin)'), run('spin_unlock(&world.spin)'), run('kfree(box)')],
      ['struct box *box'],
    ),
  },
  {
    property: 'deadlock',
    reports: 'two threads that each hold the mutex the other one wants',
    broken: two(nested('lock', 'other'), nested('other', 'lock')),
    findings: [
      'deadlock world.lock: mutex_lock',
      'deadlock world.other: mutex_lock',
      'lock-order world.lock: lock, after world.other',
    ],
    spares: 'two threads that both start with the same one',
    fixed: two(nested('lock', 'other'), nested('lock', 'other')),
  },
  {
    property: 'deadlock',
    reports: 'a mutex that was left behind',
    broken: two([run('mutex_lock(&world.lock)')], [run('mutex_lock(&world.lock)'), run('mutex_unlock(&world.lock)')]),
    findings: ['deadlock world.lock: mutex_lock', 'lock-held-at-return world.lock: return'],
    spares: 'one that was given back',
    fixed: two(
      [run('mutex_lock(&world.lock)'), run('mutex_unlock(&world.lock)')],
      [run('mutex_lock(&world.lock)'), run('mutex_unlock(&world.lock)')],
    ),
  },
];
