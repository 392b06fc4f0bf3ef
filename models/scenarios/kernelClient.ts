import { calls, everyCall } from './parts/calls.js';
import { kernelClient as client, kernelClientThread } from './parts/kernelClient.js';
import { mostGeneralClient } from './parts/mostGeneralClient.js';
import { teeScenario } from './parts/teeScenario.js';

/** The kernel's own use of a TEE. */
export const kernelClient = teeScenario({
  id: 'kernel-client',
  title: 'a client in the kernel, while the driver is unbound',
  description:
    'A kernel thread searches the class of TEE devices, opens a context, takes memory in it and closes. The driver is unbound meanwhile. The search holds a reference of the device, but is no user of it.',
  activities: ['kernel-client', 'unregister'],
  threads: [kernelClientThread],
  functions: [client],
});

/** Beside user space. */
export const kernelClientBesideUser = mostGeneralClient({
  id: 'kernel-client-beside-user',
  title: 'any call of a client and a client in the kernel',
  description:
    'A client makes any system call; at the same time a client in the kernel opens a context and takes memory in it. The driver stays.',
  keepsDriver: true,
  activities: ['kernel-client', 'foreign-context'],
  clients: { client: { process: 'A', calls: 1, menu: everyCall() } },
  threads: [kernelClientThread],
  functions: [client],
});

/** The same, with less to do and an end. */
export const kernelClientBesideUserUnbind = mostGeneralClient({
  id: 'kernel-client-beside-user-unbind',
  title: 'a client allocates, closes or opens beside a client in the kernel, while the driver is unbound',
  description:
    'A client allocates restricted memory, closes the TEE device or opens it again; at the same time a client in the kernel opens a context and takes memory in it; the driver is unbound meanwhile.',
  activities: ['kernel-client', 'foreign-context'],
  clients: {
    client: { process: 'A', calls: 1, menu: [calls.allocate(), calls.close([0], ['close-device']), calls.open()] },
  },
  threads: [kernelClientThread],
  functions: [client],
});
