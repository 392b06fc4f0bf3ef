import { kzalloc } from '../../../models/kernel/slab.js';
import { loop, run, set, when } from '../../../models/program/build.js';
import type { Statement } from '../../../models/program/statement.js';
import type { Toy } from '../toySystem.js';
import { toyFn } from '../toySystem.js';
import type { ToyPair } from './toyPair.js';

const types = {
  world: { device: 'struct device_box *' },
  device_box: { refs: 'refcount_t', lock: 'struct mutex', users: 'int', idle: 'struct completion' },
};

/**
 * A device with `users` users, each of which puts it in a thread of its own, and a thread that waits for the last of them
 * and then drops the memory. `put` is the put of one user, `drop` what the waiter does at the end.
 */
const device = (users: number, put: readonly Statement[], drop: readonly Statement[], references = 1): Toy => ({
  types,
  functions: [
    toyFn(
      'void drop_memory(struct device_box *device)',
      [],
      [when('refcount_dec_and_test(&device->refs)', [run('kfree(device)')])],
    ),
    toyFn('void user_put(struct device_box *device)', ['bool last'], put),
    toyFn('void unregister(struct device_box *device)', [], [run('wait_for_completion(&device->idle)'), ...drop]),
  ],
  setup: {
    locals: ['struct device_box *device'],
    body: [
      kzalloc('device', 'device_box'),
      run(`refcount_set(&device->refs, ${references})`),
      run('mutex_init(&device->lock)'),
      run('init_completion(&device->idle)'),
      set('device->users', `${users}`),
      set('world.device', 'device'),
    ],
  },
  threads: {
    remove: { unregister: true, body: [run('unregister(world.device)')] },
    ...Object.fromEntries(
      Array.from({ length: users }, (_, index) => [`user${index}`, [run('user_put(world.device)')]]),
    ),
  },
});

const lockedDrop = (...inside: readonly Statement[]): Statement[] => [
  run('mutex_lock(&device->lock)'),
  set('device->users', 'device->users - 1'),
  set('last', '!device->users'),
  ...inside,
  run('mutex_unlock(&device->lock)'),
];

const completeIfLast = when('last', [run('complete(&device->idle)')]);
const dropMemory = run('drop_memory(device)');

export const waitingToys: readonly ToyPair[] = [
  {
    property: 'use-after-free',
    reports: 'a complete() inside the mutex section, after which the waiter frees the mutex under the unlocker',
    broken: device(1, lockedDrop(completeIfLast), [dropMemory]),
    findings: [
      'lock-destroyed-held device_box.lock: kfree',
      'use-after-free device_box.lock: mutex_unlock, after kfree',
    ],
    spares: 'a complete() after the unlock by the only user there is',
    fixed: device(1, [...lockedDrop(), completeIfLast], [dropMemory]),
  },
  {
    property: 'use-after-free',
    reports: 'the tail of another user’s unlock, although complete() comes after the unlock',
    broken: device(2, [...lockedDrop(), completeIfLast], [dropMemory]),
    findings: ['use-after-free device_box.lock: mutex_unlock, after kfree'],
    spares: 'users that pin the memory until they are done with it',
    fixed: device(2, [...lockedDrop(completeIfLast), dropMemory], [dropMemory], 3),
  },
  {
    property: 'unregister-returns',
    reports: 'a user that is not the last by its own count',
    broken: device(
      2,
      [
        run('mutex_lock(&device->lock)'),
        set('device->users', 'device->users - 1'),
        set('last', 'device->users < 0'),
        run('mutex_unlock(&device->lock)'),
        completeIfLast,
      ],
      [],
    ),
    findings: ['unregister-returns device_box.idle: wait_for_completion'],
    spares: 'users of whom the last one completes',
    fixed: device(2, [...lockedDrop(completeIfLast), dropMemory], [dropMemory], 3),
  },
  {
    property: 'unregister-returns',
    reports: 'an unregister that asks again and again for users that nobody puts',
    broken: polled([]),
    findings: ['unregister-returns device_box.lock: mutex_lock'],
    spares: 'one whose users are put at some time',
    fixed: polled(lockedDrop()),
  },
  {
    property: 'deadlock',
    reports: 'a completion that is forgotten by a second initialisation',
    broken: waiter([run('reinit_completion(&world.done)'), run('wait_for_completion(&world.done)')]),
    findings: ['deadlock world.done: wait_for_completion'],
    spares: 'one that is initialised once',
    fixed: waiter([run('wait_for_completion(&world.done)')]),
  },
  {
    property: 'deadlock',
    reports: 'a waiter whom nobody wakes, and not the memory it still holds',
    broken: lonelyWaiter({}),
    findings: ['deadlock world.done: wait_for_completion'],
    spares: 'a daemon that waits for work which never comes',
    fixed: lonelyWaiter({ daemon: true }),
  },
  {
    property: 'use-after-free',
    reports: 'the tail of an unlock for which somebody waits',
    broken: enterBy(run('mutex_lock(&device->lock)')),
    findings: ['use-after-free device_box.lock: mutex_unlock, after kfree'],
    spares: 'an unlock while others only try the lock, or wait for another one',
    fixed: enterBy(loop('!mutex_trylock(&device->lock)', [])),
  },
  {
    property: 'deadlock',
    reports: 'a message that never comes',
    broken: receiver([]),
    findings: ['deadlock world.socket.ready: wait'],
    spares: 'one that does, or an end that the sender announces',
    fixed: receiver([run('sys_shutdown_socket(&world.socket)')]),
  },
  {
    property: 'deadlock',
    reports: 'two waiters of whom complete() wakes one',
    broken: waiters('complete'),
    findings: ['deadlock world.done: wait_for_completion'],
    spares: 'two waiters whom complete_all() wakes',
    fixed: waiters('complete_all'),
  },
  {
    property: 'uninitialised',
    reports: 'a completion that nobody initialised',
    broken: { ...waiter([run('wait_for_completion(&world.done)')]), setup: { body: [] } },
    findings: ['uninitialised world.done: complete', 'uninitialised world.done: wait_for_completion'],
    spares: 'one that was initialised before its threads began',
    fixed: waiter([run('wait_for_completion(&world.done)')]),
  },
];

/** A device whose removal looks, with the lock, until there are no users; the only user does `put`. */
function polled(put: readonly Statement[]): Toy {
  const toy = device(1, put, []);
  const look = [run('mutex_lock(&device->lock)'), set('users', 'device->users'), run('mutex_unlock(&device->lock)')];
  const poll = toyFn(
    'void poll_users(struct device_box *device)',
    ['int users'],
    [set('users', '1'), loop('users', look)],
  );
  const lookOnce = toyFn(
    'void look_once(struct device_box *device)',
    ['int users'],
    [...look, run('complete(&device->idle)')],
  );
  return {
    ...toy,
    functions: [...(toy.functions ?? []), poll, lookOnce],
    threads: {
      ...toy.threads,
      remove: {
        unregister: true,
        body: [run('wait_for_completion(&world.device->idle)'), run('poll_users(world.device)')],
      },
      looker: [run('look_once(world.device)')],
    },
  };
}

/** A thread that waits for what never comes, with memory in hand, beside one that completes something else. */
function lonelyWaiter(kind: { readonly daemon?: boolean }): Toy {
  return {
    types: {
      world: { done: 'struct completion', other: 'struct completion', held: 'struct box *' },
      box: { data: 'int' },
    },
    functions: [
      toyFn('void wake(void)', [], [run('complete(&world.other)'), run('wait_for_completion(&world.other)')]),
      toyFn(
        'void wait(void)',
        ['struct box *box'],
        [
          ...(kind.daemon ? [set('box', 'NULL')] : [kzalloc('box', 'box')]),
          run('wait_for_completion(&world.done)'),
          run('kfree(box)'),
        ],
      ),
    ],
    setup: { body: [run('init_completion(&world.done)'), run('init_completion(&world.other)')] },
    threads: { waker: [run('wake()')], waiter: { ...kind, body: [run('wait()')] } },
  };
}

/** Two users that come in by `enter`, and a thread that frees the device after the last one; beside them one that wants another lock. */
function enterBy(enter: Statement): Toy {
  const toy = device(2, [enter, ...lockedDrop().slice(1), completeIfLast], [dropMemory]);
  const bystander = [run('mutex_lock(&world.other)'), run('mutex_unlock(&world.other)')];
  return {
    ...toy,
    types: { ...types, world: { ...types.world, other: 'struct mutex' } },
    threads: { ...toy.threads, bystander },
  };
}

/** A process that waits for a file from another one, which does `send`. */
function receiver(send: readonly Statement[]): Toy {
  return {
    types: { world: { socket: 'struct unix_socket' } },
    threads: {
      sender: { process: 'sender', body: send },
      receiver: { process: 'receiver', body: [run('sys_receive_fd(&world.socket)')] },
    },
  };
}

/** One thread that completes, one that runs `wait`. */
function waiter(wait: readonly Statement[]): Toy {
  return {
    types: { world: { done: 'struct completion' } },
    functions: [toyFn('void wake(void)', [], [run('complete(&world.done)')]), toyFn('void wait(void)', [], wait)],
    setup: { body: [run('init_completion(&world.done)')] },
    threads: { waker: [run('wake()')], waiter: [run('wait()')] },
  };
}

function waiters(complete: string): Toy {
  return {
    types: { world: { done: 'struct completion' } },
    functions: [
      toyFn('void wake(void)', [], [run(`${complete}(&world.done)`)]),
      toyFn('void wait(void)', [], [run('wait_for_completion(&world.done)')]),
    ],
    setup: { body: [run('init_completion(&world.done)')] },
    threads: { waker: [run('wake()')], first: [run('wait()')], second: [run('wait()')] },
  };
}
