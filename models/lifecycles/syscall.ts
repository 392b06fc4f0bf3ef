import { setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * Watches one system call of a task: once a file is installed, the call must not fail.
 *
 * Source: fs/file.c (fd_install), include/linux/file.h (the class get_unused_fd), v6.12. From `fd_install` on, any thread
 * of the process can use the descriptor, but a caller that sees an error does not know it has one.
 * `syscall_enter` and `syscall_exit` are the model's own names for the entry and the exit of a system call.
 *
 * Left out: which descriptor it was. A system call that closes it again before failing is reported as well: another
 * thread may have duplicated it.
 */
const machine = setup({
  types: machineTypes<
    { result: number },
    { type: 'enter' } | { type: 'install' } | { type: 'exit' } | { type: 'fail' }
  >(),
}).createMachine({
  id: 'syscall',
  context: { result: 0 },
  initial: 'idle',
  states: {
    idle: {
      description: 'Not in a system call (user mode, or a kernel thread).',
      on: { enter: 'running', install: 'idle', exit: 'idle', fail: 'idle' },
    },
    running: {
      description: 'In a system call that has installed no file.',
      on: { enter: 'running', install: 'installed', exit: 'idle', fail: 'idle' },
    },
    installed: {
      description: 'In a system call that has installed a file.',
      on: { enter: 'running', install: 'installed', exit: 'idle', fail: 'failedAfterInstall' },
    },
    failedAfterInstall: {
      description: 'The system call returns an error although it installed a file.',
      meta: { violates: 'failure-after-install' },
      always: 'idle',
    },
  },
});

/** Monitor of the system call that a task is in. */
export const syscall: Lifecycle = {
  id: 'syscall',
  title: 'system call: no failure after a file is installed',
  use: 'monitor',
  cType: 'task_struct',
  source: 'fs/file.c, fd_install; v6.12',
  machine,
  events: [{ type: 'enter' }, { type: 'install' }, { type: 'exit' }, { type: 'fail' }],
  bindings: [
    { event: 'enter', function: 'syscall_enter', when: 'call', object: 'current' },
    { event: 'install', function: 'fd_install', when: 'call', object: 'current' },
    { event: 'exit', function: 'syscall_exit', when: 'call', object: 'current', outcome: 'ok', outcomeOf: 0 },
    { event: 'fail', function: 'syscall_exit', when: 'call', object: 'current', outcome: 'error', outcomeOf: 0 },
  ],
};
