import { run } from '../program/build.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';
import type { Scenario } from './scenario.js';

const closer = { name: 'closer', process: 'A', run: 'close_memory' } as const;
const user = { name: 'user', process: 'A', run: 'use_memory' } as const;

/** In setup: shared memory with the id 1 and the fd 1. */
const setupMemory = outside('void setup_memory(void)', [run('user_shm_alloc(0)')]);
const closeMemory = outside('void close_memory(void)', [run('sys_close(1)')]);
const useMemory = outside('void use_memory(void)', [run('user_invoke(0, 1)')]);

/** Shared memory is closed while a sibling uses its id. */
function closeLookUp(version: string): Scenario {
  return {
    ...teeScenario({
      id: `shm-close-look-up-${version}`,
      title: 'a sibling uses the id of shared memory while its last fd is closed',
      description:
        'A client has shared memory. One thread closes its fd, which is the last reference; another one invokes the TEE with a memory reference by its id. The lookup must find an object with references, or none.',
      activities: ['shm-alloc', 'look-up-id', 'close-guessed-fd'],
      threads: [closer, user],
      opens: ['closer'],
      keepsDriver: true,
      setup: [{ as: 'closer', run: 'setup_memory' }],
      functions: [setupMemory, closeMemory, useMemory],
    }),
    subsystem: `tee-${version}`,
  };
}

/** Shared memory is made while a sibling uses the id it is about to get. */
const registerLookUp: Scenario = {
  ...teeScenario({
    id: 'shm-register-look-up-5.15',
    title: 'a sibling guesses the id of memory that is being registered',
    description:
      'One thread registers its memory, which may fail at every step; another one invokes the TEE with a memory reference by the id that the memory is about to get. Who finds the object must not be left with one that the failing thread frees.',
    activities: ['shm-register', 'look-up-id'],
    threads: [{ name: 'maker', process: 'A', run: 'make_memory' }, user],
    opens: ['maker'],
    keepsDriver: true,
    functions: [outside('void make_memory(void)', [run('user_shm_register(0)')]), useMemory],
  }),
  subsystem: 'tee-5.15',
};

/** Shared memory is made while a sibling closes the fd it is about to get. */
const allocClose: Scenario = {
  ...teeScenario({
    id: 'shm-alloc-close-4.15',
    title: 'a sibling guesses the fd of shared memory that is being allocated',
    description:
      'One thread allocates shared memory; another one closes the fd that it is about to get. From the moment the fd is installed its reference belongs to user space, so the allocating thread must have one of its own.',
    activities: ['shm-alloc', 'close-guessed-fd'],
    threads: [{ name: 'maker', process: 'A', run: 'make_memory' }, closer],
    opens: ['maker'],
    keepsDriver: true,
    functions: [outside('void make_memory(void)', [run('user_shm_alloc(0)')]), closeMemory],
  }),
  subsystem: 'tee-4.15',
};

/** Scenarios for shared memory as it was before 6.12. */
export const historicShm: readonly Scenario[] = [closeLookUp('5.15'), registerLookUp, closeLookUp('4.15'), allocClose];
