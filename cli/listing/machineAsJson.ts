import { lifecycleById, lifecycles } from '../../models/lifecycles/index.js';
import { unknownName } from '../input/unknownName.js';

/**
 * The configuration of a lifecycle's machine: what XState's `createMachine` takes and Stately's editor opens. Actions and
 * guards are named in it; their code is not JSON.
 */
export function machineAsJson(id: string): string {
  const lifecycle = lifecycleById(id);
  if (!lifecycle)
    throw unknownName(
      'lifecycle',
      id,
      lifecycles.map((one) => one.id),
      'interleaf list lifecycles',
    );
  return `${JSON.stringify(lifecycle.machine.config, null, 2)}\n`;
}
