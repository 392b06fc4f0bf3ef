import { assign, setup } from 'xstate';
import { errnoValues } from '../program/errno.js';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * One slot of a process's file descriptor table: the bit that takes the number, and whether a file is in it.
 *
 * Source: fs/file.c (alloc_fd, put_unused_fd, fd_install, file_close_fd_locked, close_fd, __fget_files_rcu), v6.12.
 * `fd_install` cannot fail and cannot be undone; a reserved number is invisible to `close` and `get` (-EBADF).
 *
 * Left out: which file it is (payload of the kernel function), `dup2` over a slot, close-on-exec. Giving an installed
 * number back with `put_unused_fd` leaves the file in the table with its bit clear; here the slot stays installed.
 */
const machine = setup({
  types: machineTypes<
    { result: number },
    | { type: 'reserve' }
    | { type: 'install' }
    | { type: 'putUnused' }
    | { type: 'close' }
    | { type: 'get' }
    | { type: 'isUnused' }
  >(),
  actions: {
    return0: assign({ result: 0 }),
    return1: assign({ result: 1 }),
    returnEMFILE: assign({ result: -errnoValues['EMFILE']! }),
  },
}).createMachine({
  id: 'fd_slot',
  context: { result: 0 },
  initial: 'unused',
  states: {
    unused: {
      description: 'The number is free.',
      on: {
        reserve: { target: 'reserved', actions: 'return0' },
        install: { target: 'installedUnreserved', actions: 'return0' },
        putUnused: { target: 'returnedUnreserved', actions: 'return0' },
        close: { actions: 'return0' },
        get: { actions: 'return0' },
        isUnused: { actions: 'return1' },
      },
    },
    reserved: {
      description: 'get_unused_fd_flags took the number; no file is in it yet.',
      meta: { atEnd: 'count-not-restored' },
      on: {
        reserve: { actions: 'returnEMFILE' },
        install: { target: 'installed', actions: 'return0' },
        putUnused: { target: 'unused', actions: 'return0' },
        close: { actions: 'return0' },
        get: { actions: 'return0' },
        isUnused: { actions: 'return0' },
      },
    },
    installed: {
      description: 'A file is in it: any thread of the process can use, dup or close it.',
      meta: { atEnd: 'count-not-restored' },
      on: {
        reserve: { actions: 'returnEMFILE' },
        install: { target: 'installedTwice', actions: 'return0' },
        putUnused: { target: 'returnedInstalled', actions: 'return0' },
        close: { target: 'unused', actions: 'return1' },
        get: { actions: 'return1' },
        isUnused: { actions: 'return0' },
      },
    },
    installedUnreserved: {
      description: 'fd_install into a number that was not reserved.',
      meta: { violates: 'operation-order' },
      always: 'installed',
    },
    installedTwice: {
      description: 'fd_install over a file: BUG_ON.',
      meta: { violates: 'kernel-bug', ends: true },
      always: 'installed',
    },
    returnedUnreserved: {
      description: 'put_unused_fd of a number that was not reserved.',
      meta: { violates: 'operation-order' },
      always: 'unused',
    },
    returnedInstalled: {
      description: 'put_unused_fd of a number that has a file.',
      meta: { violates: 'operation-order' },
      always: 'installed',
    },
  },
});

/** One file descriptor: unused, reserved, installed. `close` and `get` return 1 if there was a file, 0 for -EBADF. */
export const fdSlot: Lifecycle = {
  id: 'fd_slot',
  title: 'one file descriptor: reserve, install, close',
  use: 'primitive',
  cType: 'fd_slot',
  source: 'fs/file.c, fd_install, put_unused_fd, close_fd; v6.12',
  machine,
  events: [
    { type: 'reserve', undoneBy: 'putUnused' },
    { type: 'install' },
    { type: 'putUnused' },
    { type: 'close' },
    { type: 'get' },
    { type: 'isUnused' },
  ],
};
