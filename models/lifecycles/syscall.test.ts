import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { syscall } from './syscall.js';

const table = compileLifecycle(syscall, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);

test('accepts a call that installs a file and succeeds, and one that fails without', () => {
  expect(run('enter', 'install', 'exit', 'enter', 'fail')).toEqual([
    'running = 0',
    'installed = 0',
    'idle = 0',
    'running = 0',
    'idle = 0',
  ]);
});

test('reports a call that fails after it installed a file', () => {
  expect(run('enter', 'install', 'fail').at(-1)).toBe('idle = 0, failure-after-install');
});

test('does not hold one call responsible for the file of an earlier one', () => {
  expect(run('enter', 'install', 'exit', 'enter', 'fail').at(-1)).toBe('idle = 0');
});

test('does not watch a file that is installed outside of a system call', () => {
  expect(run('install', 'enter', 'fail')).toEqual(['idle = 0', 'running = 0', 'idle = 0']);
});
