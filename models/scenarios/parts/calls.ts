import { choose, outcome, run, set, when } from '../../program/build.js';
import type { Statement } from '../../program/statement.js';
import type { Activity } from './activities.js';

/** One call that a client may make next, and what it does with it. Uses the locals of `callLocals`. */
export interface Call {
  readonly name: string;
  readonly activities: readonly Activity[];
  readonly body: readonly Statement[];
}

/** Locals that the bodies of calls use. */
export const callLocals: readonly string[] = ['int number', 'int id'];

/** `variable` is any of the values. */
export function anyOf(variable: string, values: readonly (number | string)[]): readonly Statement[] {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return [set(variable, String(only))];
  return [
    choose(
      variable,
      values.map((value) => outcome(String(value), [set(variable, String(value))])),
    ),
  ];
}

/** What a client may do, with numbers it knows, guesses or has closed. The TEE device is fd 0 unless it was closed. */
export const calls = {
  allocate: (fds: readonly number[] = [0]): Call => ({
    name: 'allocate',
    activities: ['allocate'],
    body: [...anyOf('number', fds), run('user_allocate(number)')],
  }),
  shmAlloc: (fds: readonly number[] = [0]): Call => ({
    name: 'allocate shared memory',
    activities: ['shm-alloc'],
    body: [...anyOf('number', fds), run('user_shm_alloc(number)')],
  }),
  shmRegister: (fds: readonly number[] = [0]): Call => ({
    name: 'register shared memory',
    activities: ['shm-register'],
    body: [...anyOf('number', fds), run('user_shm_register(number)')],
  }),
  lookUp: (ids: readonly (number | string)[] = [1, 2], fds: readonly number[] = [0]): Call => ({
    name: 'invoke with an id',
    activities: ['look-up-id'],
    body: [...anyOf('number', fds), ...anyOf('id', ids), run('user_invoke(number, id)')],
  }),
  close: (fds: readonly number[], activities: readonly Activity[] = ['close-dmabuf', 'close-device']): Call => ({
    name: 'close',
    activities,
    body: [...anyOf('number', fds), run('sys_close(number)')],
  }),
  open: (): Call => ({ name: 'open', activities: ['open-device'], body: [run('sys_open_chrdev(&world.inode)')] }),
  import: (fds: readonly number[]): Call => ({
    name: 'import',
    activities: ['import'],
    body: [...anyOf('number', fds), run('user_import(number)')],
  }),
  cpuAccess: (fds: readonly number[]): Call => ({
    name: 'synchronise or map',
    activities: ['cpu-access'],
    body: [
      ...anyOf('number', fds),
      choose('kind of access', [
        outcome('synchronise', [run('user_sync(number)')]),
        outcome('map', [set('number', 'sys_mmap(number)'), when('number >= 0', [run('sys_munmap(number)')])]),
      ]),
    ],
  }),
  send: (fds: readonly number[]): Call => ({
    name: 'send',
    activities: ['pass-fd'],
    body: [...anyOf('number', fds), run('sys_send_fd(&socket, number)')],
  }),
  receive: (): Call => ({ name: 'receive', activities: ['pass-fd'], body: [run('sys_receive_fd(&socket)')] }),
} as const;

/** Everything that a client may do with the TEE device and what it gets from it. */
export function everyCall(devices: readonly number[] = [0]): readonly Call[] {
  return [
    calls.allocate(devices),
    calls.shmAlloc(devices),
    calls.shmRegister(),
    ...usingCalls(devices),
    calls.send([1]),
    calls.receive(),
  ];
}

/** What makes something with an id and an fd. */
export const makingCalls: readonly Call[] = [calls.allocate(), calls.shmAlloc()];

/** What needs an id or an fd, guessed if there is none. */
export function usingCalls(devices: readonly number[] = [0]): readonly Call[] {
  return [
    calls.lookUp([1, 2], devices),
    calls.close([0, 1, 2], ['close-dmabuf', 'close-device', 'close-guessed-fd']),
    calls.open(),
    calls.import([1]),
    calls.cpuAccess([1]),
  ];
}
