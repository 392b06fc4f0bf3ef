import { kzalloc } from '../../../models/kernel/slab.js';
import { ret, run, set, when } from '../../../models/program/build.js';
import type { Statement } from '../../../models/program/statement.js';
import type { Toy } from '../toySystem.js';
import { toyFn } from '../toySystem.js';
import type { ToyPair } from './toyPair.js';

const types = {
  world: { lock: 'struct mutex', idr: 'struct idr' },
  box: { refs: 'refcount_t', id: 'int', data: 'int' },
};

const locked = (...body: readonly Statement[]): Statement[] => [
  run('mutex_lock(&world.lock)'),
  ...body,
  run('mutex_unlock(&world.lock)'),
];

/** Makes a box, publishes it under an id and does `body` with it, in one thread. */
const published = (body: readonly Statement[]): Toy => ({
  types,
  functions: [
    toyFn(
      'int probe(void)',
      ['struct box *box', 'int id'],
      [
        kzalloc('box', 'box'),
        when('!box', [ret('-ENOMEM')]),
        ...locked(set('id', 'idr_alloc(&world.idr, box, 1, 0, GFP_KERNEL)')),
        when('id < 0', [run('kfree(box)'), ret('id')]),
        ...body,
        ret('0'),
      ],
    ),
  ],
  threads: { user: [run('probe()')] },
});

const remove = locked(run('idr_remove(&world.idr, id)'));

/** Reserves an id, makes a box and publishes it; `undo` is what happens if there is no memory. */
const reserved = (undo: readonly Statement[]): Toy => ({
  types,
  functions: [
    toyFn(
      'int probe(void)',
      ['struct box *box', 'int id'],
      [
        ...locked(set('id', 'idr_alloc(&world.idr, NULL, 1, 0, GFP_KERNEL)')),
        when('id < 0', [ret('id')]),
        kzalloc('box', 'box'),
        when('!box', [...undo, ret('-ENOMEM')]),
        ...locked(run('idr_replace(&world.idr, box, id)')),
        ...remove,
        run('kfree(box)'),
        ret('0'),
      ],
    ),
  ],
  threads: { user: [run('probe()')] },
});

/** A finder that takes and drops a reference, and an owner that drops the last one in the way of `drop`. */
const lookUp = (drop: readonly Statement[]): Toy => ({
  types,
  functions: [
    toyFn('void box_put(struct box *box)', ['bool last'], drop),
    toyFn(
      'int look_up(void)',
      ['struct box *box', 'int data'],
      [
        ...locked(set('box', 'idr_find(&world.idr, 1)'), when('box', [run('refcount_inc(&box->refs)')])),
        when('!box', [ret('-EINVAL')]),
        set('data', 'box->data'),
        run('box_put(box)'),
        ret('data'),
      ],
    ),
  ],
  setup: {
    locals: ['struct box *box'],
    body: [
      kzalloc('box', 'box'),
      run('refcount_set(&box->refs, 1)'),
      set('box->id', 'idr_alloc(&world.idr, box, 1, 0, GFP_KERNEL)'),
    ],
  },
  threads: {
    owner: { locals: ['struct box *box'], body: [set('box', 'idr_find(&world.idr, 1)'), run('box_put(box)')] },
    finder: [run('look_up()')],
  },
});

/** Two contexts of one device; a client of the second one looks up the id of an object of the first. */
const lookUpForeign = (found: string): Toy => ({
  globals: { teedev: 'struct tee_device', mine: 'struct tee_context', other: 'struct tee_context' },
  functions: [
    toyFn(
      'struct tee_shm *tee_shm_get_from_id(struct tee_context *ctx, int id)',
      ['struct tee_shm *shm'],
      [
        run('mutex_lock(&ctx->teedev->mutex)'),
        set('shm', 'idr_find(&ctx->teedev->idr, id)'),
        when(found, [set('shm', 'ERR_PTR(-EINVAL)')], [run('refcount_inc(&shm->refcount)')]),
        run('mutex_unlock(&ctx->teedev->mutex)'),
        ret('shm'),
      ],
    ),
    toyFn(
      'int probe(struct tee_context *ctx)',
      ['struct tee_shm *shm'],
      [
        set('shm', 'tee_shm_get_from_id(ctx, 1)'),
        when('IS_ERR(shm)', [ret('PTR_ERR(shm)')]),
        run('refcount_dec_and_test(&shm->refcount)'),
        ret('0'),
      ],
    ),
  ],
  setup: {
    locals: ['struct tee_shm *shm'],
    body: [
      set('mine.teedev', '&teedev'),
      set('other.teedev', '&teedev'),
      kzalloc('shm', 'tee_shm'),
      run('refcount_set(&shm->refcount, 1)'),
      set('shm->ctx', '&mine'),
      set('shm->id', 'idr_alloc(&teedev.idr, shm, 1, 0, GFP_KERNEL)'),
    ],
  },
  threads: { owner: [run('probe(&mine)')], stranger: [run('probe(&other)')] },
});

export const idToys: readonly ToyPair[] = [
  {
    property: 'id-not-reserved',
    reports: 'an id that is removed twice',
    broken: published([...remove, run('kfree(box)'), ...remove]),
    findings: ['id-not-reserved world.idr.slot[].cell: idr_remove'],
    spares: 'one that is removed once',
    fixed: published([...remove, run('kfree(box)')]),
  },
  {
    property: 'id-not-reserved',
    reports: 'an id that is published again after it was removed',
    broken: published([...remove, ...locked(run('idr_replace(&world.idr, box, id)')), run('kfree(box)')]),
    findings: ['id-not-reserved world.idr.slot[].cell: idr_replace'],
    spares: 'one that is published while it is taken',
    fixed: published([...locked(run('idr_replace(&world.idr, box, id)')), ...remove, run('kfree(box)')]),
  },
  {
    property: 'id-not-reserved',
    reports: 'a number that was never an id',
    broken: published([...locked(run('idr_remove(&world.idr, -1)')), ...remove, run('kfree(box)')]),
    findings: ['id-not-reserved: idr_remove'],
    spares: 'one that is an id',
    fixed: published([...remove, run('kfree(box)')]),
  },
  {
    property: 'freed-while-published',
    reports: 'a last put that frees before it removes the id',
    broken: lookUp([
      ...locked(set('last', 'refcount_dec_and_test(&box->refs)')),
      when('last', [run('kfree(box)'), ...locked(run('idr_remove(&world.idr, 1)'))]),
    ]),
    findings: [
      'freed-while-published box: kfree',
      'refcount-from-zero box.refs: refcount_inc',
      'use-after-free box.data: read, after kfree',
      'use-after-free box.refs: refcount_dec_and_test, after kfree',
      'use-after-free box.refs: refcount_inc, after kfree',
    ],
    spares: 'one that removes the id in the section in which the count becomes zero',
    fixed: lookUp([
      ...locked(
        set('last', 'refcount_dec_and_test(&box->refs)'),
        when('last', [run('idr_remove(&world.idr, box->id)')]),
      ),
      when('last', [run('kfree(box)')]),
    ]),
  },
  {
    property: 'id-leaked',
    reports: 'a reserved id that an error path forgets',
    broken: reserved([]),
    findings: ['id-leaked world.idr.slot[].cell: end of run'],
    spares: 'one that is removed on that path',
    fixed: reserved(remove),
  },
  {
    property: 'foreign-context-lookup',
    reports: 'a lookup that finds what belongs to another context',
    broken: lookUpForeign('!shm'),
    findings: ['foreign-context-lookup tee_shm.ctx: tee_shm_get_from_id'],
    spares: 'one that tests whose it is',
    fixed: lookUpForeign('!shm || shm->ctx != ctx'),
  },
];
