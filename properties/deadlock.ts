import type { Property } from './property.js';

export const deadlock: Property = {
  id: 'deadlock',
  severity: 'violation',
  group: 'progress',
  title: 'no thread waits for ever',
  why:
    'Everything that is waited for is given at some time: the holder of a lock comes to release it, and who is to ' +
    'complete a completion comes to do so.',
  source: 'Documentation/locking/lockdep-design.rst; Documentation/scheduler/completion.rst; v6.12',
  exercisedBy: [
    { kind: 'event', lifecycle: 'mutex', events: ['lock'] },
    { kind: 'event', lifecycle: 'spinlock', events: ['lock'] },
    { kind: 'event', lifecycle: 'completion', events: ['wait'] },
    { kind: 'node', nodes: ['await'] },
  ],
};
