import { describe, expect, it } from 'vitest';
import { kernelConstants, kernelFunctions } from '../kernel/index.js';
import { lowerFunction } from '../program/lowerFunction.js';
import { printProgram } from '../program/printProgram.js';
import { environmentFunctions, restrictedFunctions, restrictedPoolFunctions } from './environment.js';
import { teeConstants, teeFunctions, teeTables } from './index.js';
import { baseCommands } from './ioctl.js';

const program = (name: string) => lowerFunction(teeFunctions.find((definition) => definition.name === name)!);

describe('TEE subsystem', () => {
  it('redefines no function of the kernel models', () => {
    const kernel = new Set(kernelFunctions.map(({ name }) => name));
    expect(teeFunctions.filter(({ name }) => kernel.has(name)).map(({ name }) => name)).toEqual([]);
  });

  it.each(teeFunctions)('$name says where it comes from', ({ file, origin }) => {
    if (origin === 'environment') expect(file).toBe('<driver>');
    else expect(file).toMatch(/^(?:drivers|include|lib|mm)\/[\w/]+\.[ch]$/);
    expect(origin).toBe(
      origin === 'environment' ? origin : file.startsWith('drivers/tee/') || file.includes('/tee') ? 'model' : 'kernel',
    );
  });

  it('has a function for every command', () => {
    const names = new Set(teeFunctions.map(({ name }) => name));
    for (const [command, handler] of baseCommands) {
      expect(teeConstants).toHaveProperty(command);
      expect(names).toContain(handler);
    }
  });

  it('gives constants that the kernel models know too the same value', () => {
    for (const [name, value] of Object.entries(teeConstants)) expect(kernelConstants[name] ?? value, name).toBe(value);
  });

  it('takes the count of an object to 0 and its id away in one section of the mutex', () => {
    const calls = program('tee_shm_put').nodes.flatMap((node) => (node.kind === 'call' ? [node.callee] : []));
    expect(calls).toEqual(['mutex_lock', 'refcount_dec_and_test', 'idr_remove', 'mutex_unlock', 'tee_shm_release']);
  });

  it('gives back what an object owns before the device, which may end with that', () => {
    const calls = program('tee_shm_release').nodes.flatMap((node) => (node.kind === 'call' ? [node.callee] : []));
    expect(calls.slice(-3)).toEqual(['teedev_ctx_put', 'kfree', 'tee_device_put']);
  });

  it('writes the id to user space before it installs the fd', () => {
    const text = printProgram(program('tee_ioctl_shm_alloc'));
    expect(text.indexOf('udata->id')).toBeLessThan(text.indexOf('tee_shm_get_fd'));
  });
});

describe('the driver', () => {
  const driver = [...environmentFunctions, ...restrictedFunctions, ...restrictedPoolFunctions];

  it.each(driver)('$name is environment', ({ name, origin }) => {
    expect(name).toMatch(/^env_/);
    expect(origin).toBe('environment');
  });

  it.each(driver)('$name leaves everything as it was when it fails', (definition) => {
    const { nodes } = lowerFunction(definition);
    for (const node of nodes) {
      if (node.kind !== 'choose') continue;
      for (const alternative of node.alternatives.filter(({ fault }) => fault)) {
        // shm_unregister forgets the memory whatever it returns: its callers do not look.
        expect(nodes[alternative.next]!.kind, alternative.name).toBe('return');
      }
    }
  });

  it('comes with all operations, and with only the required ones', () => {
    const fields = (name: string) => Object.keys(teeTables.find((table) => table.name === name)!.fields);
    expect(fields('env_tee_ops_minimal')).toEqual(['get_version', 'open', 'release']);
    expect(fields('env_tee_ops')).toEqual([
      'get_version',
      'open',
      'release',
      'open_session',
      'close_session',
      'invoke_func',
      'shm_register',
      'shm_unregister',
    ]);
  });
});
