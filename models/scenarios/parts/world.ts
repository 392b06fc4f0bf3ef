import { fn, run, set } from '../../program/build.js';
import type { DefinitionOptions } from '../../program/build.js';
import type { FunctionDefinition } from '../../program/functionDefinition.js';
import type { Statement } from '../../program/statement.js';
import { teeGlobals } from '../../tee/index.js';
import type { ScenarioThread } from '../scenario.js';

/** A function of user space, or of whoever else is outside of the subsystem. */
export function outside(
  prototype: string,
  body: readonly Statement[],
  locals: readonly string[] = [],
  options: Partial<DefinitionOptions> = {},
): FunctionDefinition {
  return fn(prototype, { file: '<user>', origin: 'environment', locals, ...options }, body);
}

/** Globals of every scenario of the TEE subsystem. Those that nobody uses take no room. */
export const worldGlobals: Readonly<Record<string, string>> = {
  ...teeGlobals,
  world: 'struct tee_world',
  /** Between two processes. */
  socket: 'struct unix_socket',
  /** Of the driver that imports dma-bufs. */
  importer_device: 'struct device',
};

/** A variant of the TEE driver: the suffix of its tables in `models/tee/environment.ts`, or in the scenario. */
export type DriverVariant = '' | '_minimal' | '_no_rstmem' | '_no_rstmem_free' | '_rstmem_pool' | '_message';

/** Setup: the driver is bound, and its device has a node. */
export function setupDriver(variant: DriverVariant, makesPool: boolean): FunctionDefinition {
  const probe = makesPool ? 'env_probe_with_rstmem_pool' : 'env_probe';
  return outside(
    'void setup_driver(void)',
    [
      run('tee_init()'),
      set('world.teedev', `${probe}(&env_tee_desc${variant})`),
      set('world.inode.i_rdev', 'world.teedev->dev.devt'),
    ],
    [],
    { file: '<driver>' },
  );
}

/** Setup of a process: its first fd, number 0, is the TEE device. */
export const setupOpen: FunctionDefinition = outside('void setup_open(void)', [run('sys_open_chrdev(&world.inode)')]);

/** The thread that unbinds the driver. */
export const unbind: FunctionDefinition = outside('void unbind(void)', [run('env_remove(world.teedev)')], [], {
  file: '<driver>',
});

/** The driver's thread; unregistering has to come to an end. */
export const driverThread: ScenarioThread = { name: 'driver', process: null, run: 'unbind', unregister: true };
