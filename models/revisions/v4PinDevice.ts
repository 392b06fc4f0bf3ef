import { fn, run, set, when } from '../program/build.js';
import type { Revision } from './revision.js';
import { v4, v4Functions } from './v4.js';

/**
 * Keeps the memory of the device until the putter is done with the mutex. The putter owns a user of the device, so the
 * device lives when it starts, and whoever waits for that user drops its own reference only after the completion.
 */
const tee_device_put = fn('void tee_device_put(struct tee_device *teedev)', { file: 'drivers/tee/tee_core.c' }, [
  run('get_device(&teedev->dev)'),
  run('mutex_lock(&teedev->mutex)'),
  when('!WARN_ON(!teedev->desc)', [
    set('teedev->num_users', 'teedev->num_users - 1'),
    when('!teedev->num_users', [set('teedev->desc', 'NULL'), run('complete(&teedev->c_no_users)')]),
  ]),
  run('mutex_unlock(&teedev->mutex)'),
  run('put_device(&teedev->dev)'),
]);

/** v4 with a repair of the base's tee_device_put(). */
export const v4PinDevice: Revision = {
  ...v4,
  id: 'v4-pin-device',
  title: `${v4.title}, with the device pinned while it is put`,
  source: `${v4.source}; tee_device_put() changed by us`,
  functions: [...v4Functions, tee_device_put],
};
