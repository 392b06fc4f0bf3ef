import type { Property } from './property.js';

export const memoryLeak: Property = {
  id: 'memory-leak',
  severity: 'violation',
  group: 'end of run',
  title: 'every object that was allocated is freed, and all memory a backend gave is given back',
  why:
    'Memory that nothing names can never be freed, and after the last process is gone and the last file closed nobody ' +
    'is left to free the rest. User space can often repeat the leak until no memory is left.',
  source: 'Documentation/dev-tools/kmemleak.rst; v6.12',
  exercisedBy: [
    { kind: 'node', nodes: ['alloc'] },
    { kind: 'event', lifecycle: 'backing_memory', events: ['take'] },
    { kind: 'event', lifecycle: 'sg_table', events: ['alloc'] },
  ],
};
