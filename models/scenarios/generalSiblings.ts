import { calls, everyCall, makingCalls, usingCalls } from './parts/calls.js';
import { mostGeneralClient } from './parts/mostGeneralClient.js';

/** Two threads, one fd table, one context. */
export const generalSiblings = mostGeneralClient({
  id: 'general-siblings',
  title: 'any call of one thread against any call of its sibling',
  description:
    'One thread makes something with an id and an fd; its sibling does anything at the same time: with the same context, and with fds and ids that it guesses.',
  keepsDriver: true,
  clients: {
    maker: { process: 'A', calls: 1, menu: makingCalls },
    user: { process: 'A', calls: 1, menu: [calls.shmAlloc(), ...usingCalls()] },
  },
});

/** The same, with less to do and an end. */
export const generalSiblingsUnbind = mostGeneralClient({
  id: 'general-siblings-unbind',
  title: 'one thread allocates, its sibling closes or looks up, while the driver is unbound',
  description:
    'One thread allocates restricted or shared memory; its sibling closes an fd or uses the id; the driver is unbound meanwhile.',
  clients: {
    maker: { process: 'A', calls: 1, menu: [calls.allocate(), calls.shmAlloc()] },
    user: {
      process: 'A',
      calls: 1,
      menu: [calls.close([0, 1], ['close-dmabuf', 'close-device', 'close-guessed-fd']), calls.lookUp([1])],
    },
  },
});

/** The same, further. */
export const generalSiblingsLarge = mostGeneralClient({
  id: 'general-siblings-2',
  title: 'any two calls of each of two siblings, while the driver is unbound',
  description: 'Two threads of a process make any two system calls each; the driver is unbound meanwhile.',
  size: 'large',
  activities: ['foreign-context'],
  clients: {
    first: { process: 'A', calls: 2, menu: everyCall([0, 1]) },
    second: { process: 'A', calls: 2, menu: everyCall([0, 1]) },
  },
});
