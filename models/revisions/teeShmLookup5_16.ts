import { fn, ret, run, set, when } from '../program/build.js';
import { fileTables } from '../tee/ioctl.js';
import { shmFunctions } from '../tee/shm.js';
import { structType } from '../types/index.js';
import { underMutex } from './dmaBufShm.js';
import type { Revision } from './revision.js';
import { teeShmAlloc, teeShmLookup5_15, teeShmRegister, teeShmRelease } from './teeShmLookup5_15.js';

const file = 'drivers/tee/tee_shm.c';

/** The last put takes the count to 0 and the id away in one section of the mutex. */
const teeShmPut = fn(
  'void tee_shm_put(struct tee_shm *shm)',
  { file, locals: ['struct tee_device *teedev', 'bool do_release'] },
  [
    set('teedev', 'shm->ctx->teedev'),
    set('do_release', 'false'),
    ...underMutex(
      when('refcount_dec_and_test(&shm->refcount)', [
        when('shm->flags & TEE_SHM_DMA_BUF', [run('idr_remove(&teedev->idr, shm->id)')]),
        set('do_release', 'true'),
      ]),
    ),
    when('do_release', [run('tee_shm_release(teedev, shm)')]),
  ],
);

const teeShmGetFd = fn('int tee_shm_get_fd(struct tee_shm *shm)', { file, locals: ['int fd'] }, [
  when('!(shm->flags & TEE_SHM_DMA_BUF)', [ret('-EINVAL')]),
  run('refcount_inc(&shm->refcount)'),
  set('fd', 'anon_inode_getfd(0, &tee_shm_fops, shm, O_RDWR)'),
  when('fd < 0', [run('tee_shm_put(shm)')]),
  ret('fd'),
]);

/** As in the base: the lookup, and what the fd does. */
const asInBase = new Set(['tee_shm_get_from_id', 'tee_shm_fop_release', 'tee_shm_fop_mmap']);

/** The same after the repair of CVE-2021-44733: a count of its own, an anonymous inode behind the fd. */
export const teeShmLookup5_16: Revision = {
  ...teeShmLookup5_15,
  id: 'tee-shm-lookup-5.16',
  title: 'TEE shared memory with a reference count, Linux 5.16',
  base: 'tee-shm-lookup-5.15',
  kernel: '5.16',
  source: 'drivers/tee/tee_shm.c, commit dfd0743f1d9e (5.16-rc7)',
  functions: [
    teeShmRelease([]),
    teeShmAlloc('count'),
    teeShmRegister('count'),
    teeShmPut,
    teeShmGetFd,
    ...shmFunctions.filter(({ name }) => asInBase.has(name)),
  ],
  tables: fileTables.filter(({ name }) => name === 'tee_shm_fops'),
  types: [structType('tee_shm')!],
  removes: [
    'tee_shm_op_map_dma_buf',
    'tee_shm_op_unmap_dma_buf',
    'tee_shm_op_release',
    'tee_shm_op_mmap',
    'tee_shm_dma_buf_ops',
  ],
};
