import { expect, it } from 'vitest';
import type { MachineConfig } from 'xstate';
import { createMachine } from 'xstate';
import { compileLifecycle } from '../../models/lifecycles/compile/compileLifecycle.js';
import { lifecycles } from '../../models/lifecycles/index.js';
import type { Lifecycle } from '../../models/lifecycles/lifecycle.js';
import { machineAsJson } from './machineAsJson.js';

const registered = (lifecycles as readonly Lifecycle[]).map((lifecycle) => [lifecycle.id, lifecycle] as const);

it.each(registered)('the JSON of %s is a machine that XState opens, and the one the checker runs', (id, lifecycle) => {
  const config = JSON.parse(machineAsJson(id)) as MachineConfig<object, { type: string }>;
  const machine = createMachine(config).provide(lifecycle.machine.implementations as object);
  const tableOf = (compiled: Lifecycle) => ({ ...compileLifecycle(compiled, { threads: 2 }), lifecycle: id });
  expect(tableOf({ ...lifecycle, machine })).toEqual(tableOf(lifecycle));
});
