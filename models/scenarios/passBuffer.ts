import { choose, outcome, run, set, when } from '../program/build.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** A dma-buf outlives the process that made it. */
export const passBuffer = teeScenario({
  id: 'pass-buffer',
  title: 'a buffer lives on in another process, while the driver is unbound',
  description:
    'One process allocates restricted memory, sends the dma-buf to another process and closes everything. The other one never had the TEE device open; it imports the buffer or just closes it. Its last put ends the context and releases the device, which is being unbound.',
  activities: ['allocate', 'close-device', 'close-dmabuf', 'pass-fd', 'import', 'unregister'],
  threads: [
    { name: 'sender', process: 'A', run: 'sender' },
    { name: 'receiver', process: 'B', run: 'receiver' },
  ],
  opens: ['sender'],
  functions: [
    outside(
      'void sender(void)',
      [
        set('fd', 'user_allocate(0)'),
        run('sys_close(0)'),
        when('fd >= 0', [run('sys_send_fd(&socket, fd)'), run('sys_close(fd)')]),
        run('sys_shutdown_socket(&socket)'),
      ],
      ['int fd'],
    ),
    outside(
      'void receiver(void)',
      [
        set('fd', 'sys_receive_fd(&socket)'),
        when('fd >= 0', [
          choose('use', [outcome('import', [run('user_import(fd)')]), outcome('none')]),
          run('sys_close(fd)'),
        ]),
      ],
      ['int fd'],
    ),
  ],
});
