import { kzalloc } from '../../../models/kernel/slab.js';
import { ret, run, set, when } from '../../../models/program/build.js';
import type { Statement } from '../../../models/program/statement.js';
import type { Toy } from '../toySystem.js';
import { toyFn } from '../toySystem.js';
import type { ToyPair } from './toyPair.js';

const types = {
  world: { lock: 'spinlock_t', flag: 'int', data: 'int', idr: 'struct idr', box: 'struct box *' },
  box: { peer: 'struct box *', data: 'int' },
};

/** A writer and a reader, as two threads. */
const writerAndReader = (write: readonly Statement[], read: readonly Statement[]): Toy => ({
  types,
  functions: [
    toyFn('void write(void)', [], write),
    toyFn('int read(void)', ['int seen'], [set('seen', '0'), ...read, ret('seen')]),
  ],
  threads: { writer: [run('write()')], reader: [run('read()')] },
});

const reserveAndRemove = (id: number): Statement[] => [
  when(`idr_alloc(&world.idr, NULL, ${id}, 0, GFP_KERNEL) == ${id}`, [run(`idr_remove(&world.idr, ${id})`)]),
];

const locked = (...body: readonly Statement[]): Statement[] => [
  run('spin_lock(&world.lock)'),
  ...body,
  run('spin_unlock(&world.lock)'),
];

export const raceToys: readonly ToyPair[] = [
  {
    property: 'data-race',
    reports: 'a plain write beside a plain read',
    broken: writerAndReader([set('world.data', '1')], [set('seen', 'world.data')]),
    findings: ['data-race world.data: write, after read'],
    spares: 'a write and a read under one lock',
    fixed: writerAndReader(locked(set('world.data', '1')), locked(set('seen', 'world.data'))),
  },
  {
    property: 'data-race',
    reports: 'a lock that only the writer takes',
    broken: writerAndReader(locked(set('world.data', '1')), [set('seen', 'world.data')]),
    findings: ['data-race world.data: write, after read'],
    spares: 'WRITE_ONCE() and READ_ONCE()',
    fixed: writerAndReader([set('world.data', '1', 'marked')], [set('seen', 'world.data', 'marked')]),
  },
  {
    property: 'data-race',
    reports: 'a marked write beside a plain read',
    broken: writerAndReader([set('world.data', '1', 'marked')], [set('seen', 'world.data')]),
    findings: ['data-race world.data: write, after read'],
    spares: 'data that is published by a marked flag, under sequential consistency',
    fixed: writerAndReader(
      [set('world.data', '1'), set('world.flag', '1', 'marked')],
      [set('seen', 'world.flag', 'marked'), when('seen', [set('seen', 'world.data')])],
    ),
  },
  {
    property: 'data-race',
    reports: 'two writers of a counter',
    broken: writerAndReader([set('world.data', 'world.data + 1')], [set('world.data', 'world.data + 1')]),
    findings: ['data-race world.data: write, after read', 'data-race world.data: write, after write'],
    spares: 'two readers',
    fixed: writerAndReader([set('world.flag', 'world.data', 'marked')], [set('seen', 'world.data')]),
  },
  {
    property: 'data-race',
    reports: 'a write to an object that was published by way of another',
    broken: publisher([set('world.box', 'box', 'marked'), set('peer->data', '2')]),
    findings: ['data-race box.data: write, after read'],
    spares: 'a write before that',
    fixed: publisher([set('peer->data', '2'), set('world.box', 'box', 'marked')]),
  },
  {
    property: 'data-race',
    reports: 'two modifiers of an IDR without a common lock',
    broken: writerAndReader(reserveAndRemove(1), reserveAndRemove(2)),
    findings: ['data-race world.idr.nodes: write, after write'],
    spares: 'a modifier beside a lookup',
    fixed: writerAndReader(reserveAndRemove(1), [run('idr_find(&world.idr, 1)'), set('seen', 'world.data')]),
  },
];

/**
 * A thread that makes a box with a peer and publishes it by `body`, and one that reads the peer's data if it finds it. The
 * writer frees both when the reader is done.
 */
function publisher(body: readonly Statement[]): Toy {
  return {
    types: { ...types, world: { ...types.world, done: 'struct completion' } },
    functions: [
      toyFn(
        'void publish(void)',
        ['struct box *box', 'struct box *peer'],
        [
          kzalloc('box', 'box'),
          when('!box', [ret()]),
          kzalloc('peer', 'box'),
          when('!peer', [run('kfree(box)'), ret()]),
          set('box->peer', 'peer'),
          ...body,
          run('wait_for_completion(&world.done)'),
          set('world.box', 'NULL', 'marked'),
          run('kfree(peer)'),
          run('kfree(box)'),
        ],
      ),
      toyFn(
        'int read(void)',
        ['struct box *box', 'int seen'],
        [
          set('seen', '0'),
          set('box', 'world.box', 'marked'),
          when('box', [set('seen', 'box->peer->data')]),
          run('complete(&world.done)'),
          ret('seen'),
        ],
      ),
    ],
    setup: { body: [run('init_completion(&world.done)')] },
    threads: { writer: [run('publish()')], reader: [run('read()')] },
  };
}
