import { kmalloc } from '../../models/kernel/slab.js';
import { choose, fn, goTo, label, loop, outcome, ret, run, set, when } from '../../models/program/build.js';
import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import type { PropertyId } from '../../models/program/propertyId.js';
import type { Statement } from '../../models/program/statement.js';
import type { OpsTable } from '../../models/types/opsTable.js';
import type { StructType } from '../../models/types/structType.js';
import { struct } from '../../models/types/structType.js';

/** File that functions of generated systems say they are in. */
export const generatedFile = 'drivers/generated/generated.c';

/**
 * The world of generated systems: boxes that are counted and published in two pointers and by id, a gadget that can be
 * unregistered while it has users, locks (taken in the order lock, other, the box's, spin) and plain data.
 */
export const generatedTypes: readonly StructType[] = [
  struct('box', 'test', {
    lock: 'struct mutex',
    refs: 'refcount_t',
    hits: 'struct atomic_t',
    a: 'int',
    b: 'int',
  }),
  struct('gadget', 'test', {
    lock: 'struct mutex',
    refs: 'refcount_t',
    idle: 'struct completion',
    users: 'int',
    dead: 'int',
    data: 'int',
  }),
  struct('box_ops', 'test', { begin: 'fn', end: 'fn?' }),
  struct('note', 'test', { box: 'struct box *', left: 'int' }),
  struct('world', 'test', {
    lock: 'struct mutex',
    other: 'struct mutex',
    spin: 'spinlock_t',
    ready: 'struct completion',
    work: 'struct completion',
    hits: 'struct atomic_t',
    ids: 'struct idr',
    /** There since setup, until somebody takes it away. */
    box: 'struct box *',
    /** Empty at the start. */
    slot: 'struct box *',
    gadget: 'struct gadget *',
    /** Guarded by `lock`, `other` and `spin`. */
    a: 'int',
    b: 'int',
    c: 'int',
    /** A lock of its own making, under `lock`. */
    busy: 'int',
    flag: 'int',
    /** Guarded by `lock`; empty but for short whiles. */
    row: 'struct box *[3]',
  }),
];

/** Locals of every act, and of the plain statements of a thread. */
export const generatedLocals: readonly string[] = [
  'struct box *box',
  'struct box *mine',
  'struct gadget *gadget',
  'int x',
  'int id',
];

const own = (prototype: string, locals: readonly string[], body: readonly Statement[]): FunctionDefinition =>
  fn(prototype, { file: generatedFile, locals }, body);

const lock = (name = 'world.lock'): Statement => run(`mutex_lock(&${name})`);
const unlock = (name = 'world.lock'): Statement => run(`mutex_unlock(&${name})`);

/** Tables that acts call through. */
export const generatedTables: readonly OpsTable[] = [
  { name: 'whole_ops', type: 'box_ops', fields: { begin: 'box_enter', end: 'box_leave' }, file: generatedFile },
  { name: 'half_ops', type: 'box_ops', fields: { begin: 'box_leave' }, file: generatedFile },
];

/** What acts and threads call. */
export const generatedHelpers: readonly FunctionDefinition[] = [
  // Memory that nothing names any more is gone, with the locks in it that somebody may still hold: threads of plain statements
  // name theirs to the end, so that it does not depend on where a step ends which of the two is reported.
  own('void keep(struct box *box, struct box *mine)', [], []),
  own('void box_enter(void)', [], [lock(), set('world.a', '8'), unlock()]),
  own(
    'void box_leave(void)',
    [],
    [run('spin_lock(&world.spin)'), set('world.c', '8'), run('spin_unlock(&world.spin)')],
  ),
  own('void box_visit(struct box_ops *ops)', [], [run('ops->begin()'), when('ops->end', [run('ops->end()')])]),
  own('void box_end_of(struct box_ops *ops)', [], [run('ops->end()')]),
  own(
    'void note_take(struct note *note)',
    [],
    [
      lock(),
      set('note->box', 'world.box'),
      when('note->box', [run('refcount_inc(&note->box->refs)')]),
      unlock(),
      set('note->left', 'note->left - 1'),
    ],
  ),
  own(
    'void note_fill(void)',
    ['struct note note'],
    [
      set('note.left', '2'),
      loop('note.left > 0', [run('note_take(&note)'), when('note.box', [run('box_put(note.box)')])]),
    ],
  ),
  own(
    'void box_descend(int depth)',
    [],
    [
      when('depth <= 0', [ret()]),
      lock(),
      set('world.a', 'depth'),
      unlock(),
      run('box_descend(depth - 1)'),
      run('atomic_inc(&world.hits)'),
      run('atomic_dec(&world.hits)'),
    ],
  ),
  own('void box_put(struct box *box)', [], [when('refcount_dec_and_test(&box->refs)', [run('kfree(box)')])]),
  own(
    'void gadget_put(struct gadget *gadget)',
    [],
    [when('refcount_dec_and_test(&gadget->refs)', [run('kfree(gadget)')])],
  ),
];

const putBox = run('box_put(box)');

/** Gives a new box, in `mine`, what every box has; the allocation may fail. */
const initBox: readonly Statement[] = [
  run('mutex_init(&mine->lock)'),
  run('refcount_set(&mine->refs, 1)'),
  run('atomic_set(&mine->hits, 0)'),
  set('mine->a', '0'),
  set('mine->b', '0'),
];
const makeBox: readonly Statement[] = [kmalloc('mine', 'box'), when('!mine', [ret()]), ...initBox];

/** A reference to the box in a pointer of the world, as it should be taken. */
const getBox = (place: string): readonly Statement[] => [
  lock(),
  set('box', place),
  when('box', [run('refcount_inc(&box->refs)')]),
  unlock(),
  when('!box', [ret()]),
];

const leaveGadget: readonly Statement[] = [
  lock('gadget->lock'),
  set('gadget->users', 'gadget->users - 1'),
  when('!gadget->users', [run('complete(&gadget->idle)')]),
  unlock('gadget->lock'),
];

/** Something that a thread does, as a function without parameters. */
export interface Act {
  readonly body: readonly Statement[];
  /** Statements that a run makes, where the body does not show it. */
  readonly length?: number;
  /** Uses the gadget: setup counts a reference for it, which it puts. */
  readonly gadget?: true;
  /** The thread is one that must return although it waits for others. */
  readonly unregister?: true;
}

/** An act with a mistake. */
export interface WrongAct extends Act {
  /** What is reported … */
  readonly breaks: PropertyId;
  /** … when another thread does this beside it; null if it takes nobody else. */
  readonly beside: string | null;
}

/** Acts that are right, in any combination. */
export const rightActs: Readonly<Record<string, Act>> = {
  'use the box': {
    body: [
      ...getBox('world.box'),
      lock('box->lock'),
      set('box->a', '1'),
      set('box->b', 'box->a'),
      unlock('box->lock'),
      putBox,
    ],
  },
  'count in the box': { body: [...getBox('world.box'), run('atomic_inc(&box->hits)'), putBox] },
  'use the slot': {
    body: [...getBox('world.slot'), lock('box->lock'), set('x', 'box->a'), unlock('box->lock'), putBox],
  },
  'take the box away': {
    body: [lock(), set('box', 'world.box'), set('world.box', 'NULL'), unlock(), when('box', [putBox])],
  },
  'try to get the box': {
    body: [
      lock(),
      set('box', 'world.box'),
      when('box', [when('!refcount_inc_not_zero(&box->refs)', [set('box', 'NULL')])]),
      unlock(),
      when('box', [run('atomic_inc(&box->hits)'), putBox]),
    ],
  },
  'fill the slot for a while': {
    body: [
      ...makeBox,
      lock(),
      when('world.slot', [unlock(), run('kfree(mine)'), ret()]),
      set('world.slot', 'mine'),
      unlock(),
      lock(),
      set('world.slot', 'NULL'),
      unlock(),
      run('box_put(mine)'),
    ],
  },
  // Which of two boxes is left shows in nothing but the slot that it is in.
  'fill the slot with one of two': {
    body: [
      ...makeBox,
      set('box', 'mine'),
      kmalloc('mine', 'box'),
      when('!mine', [run('kfree(box)'), ret()]),
      ...initBox,
      choose('the box that goes', [
        outcome('the first', [run('kfree(box)')]),
        outcome('the second', [run('kfree(mine)'), set('mine', 'box')]),
      ]),
      lock(),
      when('world.slot', [unlock(), run('kfree(mine)'), ret()]),
      set('world.slot', 'mine'),
      unlock(),
      lock(),
      set('world.slot', 'NULL'),
      unlock(),
      run('box_put(mine)'),
    ],
  },
  'publish an id for a while': {
    body: [
      ...makeBox,
      lock(),
      set('id', 'idr_alloc(&world.ids, mine, 1, 0, GFP_KERNEL)'),
      unlock(),
      when('id < 0', [run('kfree(mine)'), ret()]),
      lock(),
      run('idr_remove(&world.ids, id)'),
      unlock(),
      run('box_put(mine)'),
    ],
  },
  'reserve an id, then publish it': {
    body: [
      lock(),
      set('id', 'idr_alloc(&world.ids, NULL, 1, 0, GFP_KERNEL)'),
      unlock(),
      when('id < 0', [ret()]),
      kmalloc('mine', 'box'),
      when('mine', [...initBox, lock(), run('idr_replace(&world.ids, mine, id)'), unlock()]),
      lock(),
      run('idr_remove(&world.ids, id)'),
      unlock(),
      when('mine', [run('box_put(mine)')]),
    ],
  },
  'look an id up': {
    body: [
      lock(),
      set('box', 'idr_find(&world.ids, 1)'),
      when('box', [run('refcount_inc(&box->refs)')]),
      unlock(),
      when('box', [run('atomic_inc(&box->hits)'), putBox]),
    ],
  },
  'work in private': {
    body: [...makeBox, lock('mine->lock'), set('mine->a', '2'), unlock('mine->lock'), run('kfree(mine)')],
  },
  'count under the mutex': { body: [lock(), set('world.a', 'world.a + 1'), unlock()] },
  'count under the spinlock': {
    body: [run('spin_lock(&world.spin)'), set('world.c', 'world.c + 1'), run('spin_unlock(&world.spin)')],
  },
  'count atomically': {
    body: [run('atomic_inc(&world.hits)'), when('atomic_read(&world.hits)', [run('atomic_dec(&world.hits)')])],
  },
  'nest the locks': {
    body: [lock(), set('x', 'world.a'), lock('world.other'), set('world.b', 'x'), unlock('world.other'), unlock()],
  },
  'hand over hand': {
    body: [lock(), set('world.a', '3'), lock('world.other'), unlock(), set('world.b', '4'), unlock('world.other')],
  },
  'a spinlock inside the mutex': {
    body: [
      lock(),
      set('x', 'world.a'),
      run('spin_lock(&world.spin)'),
      set('world.c', 'x'),
      run('spin_unlock(&world.spin)'),
      unlock(),
    ],
  },
  'try the lock': { body: [when('mutex_trylock(&world.other)', [set('world.b', '1'), unlock('world.other')])] },
  'spin until the lock is free': {
    body: [loop('!mutex_trylock(&world.other)', []), set('world.b', '2'), unlock('world.other')],
  },
  'retry until nobody is busy': {
    body: [
      label('again'),
      lock(),
      when('world.busy', [unlock(), goTo('again')]),
      set('world.busy', '1'),
      unlock(),
      set('world.flag', '1', 'marked'),
      lock(),
      set('world.busy', '0'),
      unlock(),
    ],
  },
  'use the gadget': {
    gadget: true,
    body: [
      set('gadget', 'world.gadget'),
      lock('gadget->lock'),
      set('x', '!gadget->dead'),
      when('x', [set('gadget->users', 'gadget->users + 1')]),
      unlock('gadget->lock'),
      when('x', leaveGadget),
      run('gadget_put(gadget)'),
    ],
  },
  'unregister the gadget': {
    gadget: true,
    unregister: true,
    body: [
      set('gadget', 'world.gadget'),
      lock('gadget->lock'),
      set('x', '!gadget->dead'),
      set('gadget->dead', '1'),
      unlock('gadget->lock'),
      when('x', [...leaveGadget, run('wait_for_completion(&gadget->idle)')]),
      run('gadget_put(gadget)'),
    ],
  },
  'find a place in the row': {
    length: 16,
    body: [
      ...makeBox,
      lock(),
      set('id', '0'),
      loop('id < 3 && world.row[id]', [set('id', 'id + 1')]),
      when('id < 3', [set('world.row[id]', 'mine')]),
      unlock(),
      when('id < 3', [lock(), set('world.row[id]', 'NULL'), unlock()]),
      run('box_put(mine)'),
    ],
  },
  'call through a table': {
    length: 9,
    body: [
      choose('table', [
        outcome('whole', [run('box_visit(&whole_ops)')]),
        outcome('without end', [run('box_visit(&half_ops)')]),
      ]),
    ],
  },
  'leave a note to a callee': {
    length: 16,
    body: [run('note_fill()')],
  },
  'call itself': { length: 16, body: [run('box_descend(2)')] },
  'leave it to chance': {
    body: [
      choose('which lock', [
        outcome('first', [lock(), set('world.a', '5'), unlock()]),
        outcome('second', [lock('world.other'), set('world.b', '5'), unlock('world.other')]),
        outcome('none'),
      ]),
    ],
  },
};

/** Acts that are wrong, each in one way. */
export const wrongActs: Readonly<Record<string, WrongAct>> = {
  'use the box without a reference': {
    breaks: 'use-after-free',
    beside: 'take the box away',
    body: [lock(), set('box', 'world.box'), unlock(), when('box', [run('atomic_inc(&box->hits)')])],
  },
  'get the box after the unlock': {
    breaks: 'use-after-free',
    beside: 'take the box away',
    body: [lock(), set('box', 'world.box'), unlock(), when('box', [run('refcount_inc(&box->refs)'), putBox])],
  },
  'find the box without the lock': {
    breaks: 'data-race',
    beside: 'take the box away',
    body: [set('box', 'world.box'), when('box', [run('atomic_inc(&box->hits)')])],
  },
  'put the box twice': {
    breaks: 'use-after-free',
    beside: 'take the box away',
    body: [...getBox('world.box'), putBox, putBox],
  },
  'forget the put': { breaks: 'memory-leak', beside: 'take the box away', body: [...getBox('world.box')] },
  'use the box after the put': {
    breaks: 'use-after-free',
    beside: 'take the box away',
    body: [...getBox('world.box'), putBox, run('atomic_inc(&box->hits)')],
  },
  'take the box away, unlocked': {
    breaks: 'data-race',
    beside: 'use the box',
    body: [set('box', 'world.box'), set('world.box', 'NULL'), when('box', [putBox])],
  },
  'free the box, whoever has it': {
    breaks: 'use-after-free',
    beside: 'count in the box',
    body: [lock(), set('box', 'world.box'), set('world.box', 'NULL'), unlock(), run('kfree(box)')],
  },
  'free the box with its lock held': {
    breaks: 'lock-destroyed-held',
    beside: null,
    body: [
      lock(),
      set('box', 'world.box'),
      set('world.box', 'NULL'),
      unlock(),
      when('box', [lock('box->lock'), putBox]),
    ],
  },
  'fill the slot before the box is ready': {
    breaks: 'uninitialised',
    beside: 'use the slot',
    body: [
      kmalloc('mine', 'box'),
      when('!mine', [ret()]),
      lock(),
      when('world.slot', [unlock(), run('kfree(mine)'), ret()]),
      set('world.slot', 'mine'),
      unlock(),
      ...initBox,
      lock(),
      set('world.slot', 'NULL'),
      unlock(),
      run('box_put(mine)'),
    ],
  },
  'forget to empty the slot': {
    breaks: 'memory-leak',
    beside: null,
    body: [...makeBox, lock(), set('world.slot', 'mine'), unlock()],
  },
  'trust the allocation': {
    breaks: 'null-dereference',
    beside: null,
    body: [kmalloc('mine', 'box'), ...initBox, run('kfree(mine)')],
  },
  'free with an id': {
    breaks: 'freed-while-published',
    beside: null,
    body: [
      ...makeBox,
      lock(),
      set('id', 'idr_alloc(&world.ids, mine, 1, 0, GFP_KERNEL)'),
      unlock(),
      run('kfree(mine)'),
    ],
  },
  'remove an id twice': {
    breaks: 'id-not-reserved',
    beside: null,
    body: [
      lock(),
      set('id', 'idr_alloc(&world.ids, NULL, 1, 0, GFP_KERNEL)'),
      when('id > 0', [run('idr_remove(&world.ids, id)'), run('idr_remove(&world.ids, id)')]),
      unlock(),
    ],
  },
  'use an id without a reference': {
    breaks: 'use-after-free',
    beside: 'publish an id for a while',
    body: [lock(), set('box', 'idr_find(&world.ids, 1)'), unlock(), when('box', [run('atomic_inc(&box->hits)')])],
  },
  'compare with what is gone': {
    breaks: 'freed-pointer-compare',
    beside: null,
    body: [
      kmalloc('mine', 'box'),
      kmalloc('box', 'box'),
      when('!mine || !box', [run('kfree(mine)'), run('kfree(box)'), ret()]),
      run('kfree(mine)'),
      when('mine == box', [set('x', '1')]),
      run('kfree(box)'),
    ],
  },
  'call what the table lacks': {
    breaks: 'null-dereference',
    beside: null,
    body: [run('box_end_of(&half_ops)')],
  },
  'count without a lock': {
    breaks: 'data-race',
    beside: 'count without a lock',
    body: [set('world.a', 'world.a + 1')],
  },
  'forget the unlock': { breaks: 'lock-held-at-return', beside: null, body: [lock(), set('world.a', '6')] },
  'unlock what another holds': { breaks: 'lock-not-held', beside: 'count under the mutex', body: [unlock()] },
  'unlock the spinlock of another': {
    breaks: 'lock-not-held',
    beside: 'count under the spinlock',
    body: [run('spin_unlock(&world.spin)')],
  },
  'unlock twice': { breaks: 'lock-not-held', beside: null, body: [lock(), unlock(), unlock()] },
  'lock twice': { breaks: 'lock-recursion', beside: null, body: [lock(), lock(), unlock()] },
  'nest the locks the other way': {
    breaks: 'deadlock',
    beside: 'nest the locks',
    body: [lock('world.other'), lock(), set('world.a', 'world.b'), unlock(), unlock('world.other')],
  },
  'wait inside the mutex': {
    breaks: 'deadlock',
    beside: 'say when it is ready, locked',
    body: [lock(), run('wait_for_completion(&world.ready)'), unlock()],
  },
  'say when it is ready, locked': {
    // Right in itself; whoever waits with the lock held is not.
    breaks: 'deadlock',
    beside: 'wait inside the mutex',
    body: [lock(), run('complete(&world.ready)'), unlock()],
  },
  'wait for what nobody says': { breaks: 'deadlock', beside: null, body: [run('wait_for_completion(&world.ready)')] },
  'sleep with the spinlock': {
    breaks: 'sleep-in-atomic',
    beside: null,
    body: [run('spin_lock(&world.spin)'), lock(), unlock(), run('spin_unlock(&world.spin)')],
  },
  'allocate with the spinlock': {
    breaks: 'sleep-in-atomic',
    beside: null,
    body: [run('spin_lock(&world.spin)'), kmalloc('mine', 'box'), run('spin_unlock(&world.spin)'), run('kfree(mine)')],
  },
  'initialise a lock in use': {
    breaks: 'lock-destroyed-held',
    beside: 'count under the mutex',
    body: [run('mutex_init(&world.lock)')],
  },
  'use the gadget and trust the wait': {
    gadget: true,
    breaks: 'use-after-free',
    beside: 'unregister the gadget',
    // Its reference goes before the unlock that comes after the completion.
    body: [
      set('gadget', 'world.gadget'),
      lock('gadget->lock'),
      set('x', '!gadget->dead'),
      when('x', [set('gadget->users', 'gadget->users + 1')]),
      unlock('gadget->lock'),
      run('gadget_put(gadget)'),
      when('x', leaveGadget),
    ],
  },
  'unregister the gadget without waiting': {
    gadget: true,
    unregister: true,
    breaks: 'use-after-free',
    beside: 'use the gadget',
    body: [
      set('gadget', 'world.gadget'),
      lock('gadget->lock'),
      set('gadget->dead', '1'),
      unlock('gadget->lock'),
      run('kfree(gadget)'),
    ],
  },
  'use the gadget and stay': {
    gadget: true,
    breaks: 'unregister-returns',
    beside: 'unregister the gadget',
    body: [
      set('gadget', 'world.gadget'),
      lock('gadget->lock'),
      when('!gadget->dead', [set('gadget->users', 'gadget->users + 1')]),
      unlock('gadget->lock'),
      run('gadget_put(gadget)'),
    ],
  },
};

/** Single statements, to be strung together at random; `box` is the world's box at the start, `mine` is NULL. */
export const plainStatements: Readonly<Record<string, readonly Statement[]>> = {
  lock: [lock()],
  unlock: [unlock()],
  'lock other': [lock('world.other')],
  'unlock other': [unlock('world.other')],
  'try other': [set('x', 'mutex_trylock(&world.other)')],
  'spin on other': [loop('!mutex_trylock(&world.other)', [])],
  'spin lock': [run('spin_lock(&world.spin)')],
  'spin unlock': [run('spin_unlock(&world.spin)')],
  'write a': [set('world.a', '1')],
  'read a': [set('x', 'world.a')],
  'write b': [set('world.b', 'x')],
  'mark flag': [set('world.flag', '1', 'marked')],
  'read flag': [set('x', 'world.flag', 'marked')],
  'atomic inc': [run('atomic_inc(&world.hits)')],
  'return if x': [when('x', [ret()])],
  complete: [run('complete(&world.ready)')],
  wait: [run('wait_for_completion(&world.ready)')],
  'ask for work': [run('complete(&world.work)')],
  'get the box': [when('box', [run('refcount_inc(&box->refs)')])],
  'put the box': [when('box', [putBox])],
  'write the box': [when('box', [set('box->a', '1')])],
  'lock the box': [when('box', [lock('box->lock')])],
  'unlock the box': [when('box', [unlock('box->lock')])],
  'look for the box': [set('box', 'world.box', 'marked')],
  'unpublish the box': [set('world.box', 'NULL', 'marked')],
  allocate: [kmalloc('mine', 'box')],
  'begin the new box': [when('mine', [set('mine->a', '1'), run('refcount_set(&mine->refs, 1)')])],
  'publish the new box': [set('world.slot', 'mine', 'marked')],
  'find the new box': [set('mine', 'world.slot', 'marked')],
  'free the new box': [run('kfree(mine)'), set('mine', 'NULL')],
};
