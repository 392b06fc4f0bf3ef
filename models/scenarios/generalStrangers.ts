import { calls, everyCall, makingCalls, usingCalls } from './parts/calls.js';
import { mostGeneralClient } from './parts/mostGeneralClient.js';

/** Two processes, one device. */
export const generalStrangers = mostGeneralClient({
  id: 'general-strangers',
  title: 'any call of one process against any call of another',
  description:
    'One process makes something with an id and an fd; another one, with a context of its own, does anything at the same time, with ids that it guesses.',
  keepsDriver: true,
  activities: ['foreign-context'],
  clients: {
    maker: { process: 'A', calls: 1, menu: makingCalls },
    stranger: { process: 'B', calls: 1, menu: [calls.shmAlloc(), calls.shmRegister(), ...usingCalls()] },
  },
});

/** The same, further. */
export const generalStrangersLarge = mostGeneralClient({
  id: 'general-strangers-2',
  title: 'any two calls of each of two processes, while the driver is unbound',
  description:
    'Two processes with contexts of their own make any two system calls each, and may send each other fds; the driver is unbound meanwhile.',
  size: 'large',
  activities: ['foreign-context'],
  clients: {
    first: { process: 'A', calls: 2, menu: everyCall() },
    second: { process: 'B', calls: 2, menu: everyCall() },
  },
});
