import { fn, ret, run, set, when } from '../program/build.js';
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

/**
 * The same for the references of an object. Who drops one that is not the last owns nothing any more when it unlocks: the
 * last one may be dropped, and the device with it, while the first putter is still inside mutex_unlock().
 */
const tee_shm_put = fn(
  'void tee_shm_put(struct tee_shm *shm)',
  { file: 'drivers/tee/tee_shm.c', locals: ['struct tee_device *teedev', 'bool do_release'] },
  [
    set('do_release', 'false'),
    when('!shm || !shm->ctx || !shm->ctx->teedev', [ret()]),
    set('teedev', 'shm->ctx->teedev'),
    run('get_device(&teedev->dev)'),
    run('mutex_lock(&teedev->mutex)'),
    when('refcount_dec_and_test(&shm->refcount)', [
      when('shm->id >= 0', [run('idr_remove(&teedev->idr, shm->id)')]),
      set('do_release', 'true'),
    ]),
    run('mutex_unlock(&teedev->mutex)'),
    run('put_device(&teedev->dev)'),
    when('do_release', [run('tee_shm_release(teedev, shm)')]),
  ],
);

/** v4 with a repair of what the base does after its last use of the device's mutex. */
export const v4PinDevice: Revision = {
  ...v4,
  id: 'v4-pin-device',
  title: `${v4.title}, with the device pinned while it is put`,
  source: `${v4.source}; tee_device_put() and tee_shm_put() changed by us`,
  functions: [...v4Functions, tee_device_put, tee_shm_put],
};
