import type { Property } from './property.js';

export const countNotRestored: Property = {
  id: 'count-not-restored',
  severity: 'violation',
  group: 'end of run',
  title: 'every count is back where it was before',
  why:
    'A reference that is never dropped keeps its object, its module or its device for ever: it can no longer be ' +
    'unloaded or unbound.',
  source:
    'Documentation/core-api/kref.rst; kernel/module/main.c, try_module_get; drivers/tee/tee_core.c, tee_device_put; v6.12',
  exercisedBy: [
    { kind: 'event', lifecycle: 'refcount', events: ['inc', 'incNotZero', 'decAndTest'] },
    { kind: 'event', lifecycle: 'file_count', events: ['init', 'inc', 'incNotZero'] },
    { kind: 'event', lifecycle: 'module_ref', events: ['tryGet', 'get', 'put'] },
    { kind: 'event', lifecycle: 'fd_slot', events: ['reserve'] },
    { kind: 'event', lifecycle: 'gen_pool', events: ['alloc'] },
    { kind: 'call', functions: ['tee_device_get', 'tee_device_put'] },
  ],
};
