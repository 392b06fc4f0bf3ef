import type { Property } from './property.js';

export const outputNotWritten: Property = {
  id: 'output-not-written',
  severity: 'violation',
  group: 'interface',
  title: 'an ioctl that succeeds has written every field that is documented as output',
  why:
    'User space was told to read the field. It finds its own input there, and takes a requested value for the one it ' +
    'got.',
  source: 'Documentation/process/botching-up-ioctls.rst; include/uapi/linux/tee.h; v6.12',
  exercisedBy: [{ kind: 'call', functions: ['sys_ioctl'] }],
};
