import { fn, run, set, when } from '../program/build.js';
import type { Revision } from './revision.js';
import { v4, v4Functions } from './v4.js';

/**
 * Decides under the mutex, completes after it. It looks like a repair, and is half of one: another putter that has already
 * released the mutex, but still touches it because somebody waits, is not protected.
 */
const tee_device_put = fn(
  'void tee_device_put(struct tee_device *teedev)',
  { file: 'drivers/tee/tee_core.c', locals: ['bool last'] },
  [
    set('last', 'false'),
    run('mutex_lock(&teedev->mutex)'),
    when('!WARN_ON(!teedev->desc)', [
      set('teedev->num_users', 'teedev->num_users - 1'),
      when('!teedev->num_users', [set('teedev->desc', 'NULL'), set('last', 'true')]),
    ]),
    run('mutex_unlock(&teedev->mutex)'),
    when('last', [run('complete(&teedev->c_no_users)')]),
  ],
);

/** v4 with a tempting change to the base's tee_device_put(). */
export const v4CompleteAfterUnlock: Revision = {
  ...v4,
  id: 'v4-complete-after-unlock',
  title: `${v4.title}, with complete() after the unlock`,
  source: `${v4.source}; tee_device_put() changed by us`,
  functions: [...v4Functions, tee_device_put],
};
