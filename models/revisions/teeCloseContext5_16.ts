import { fn, run } from '../program/build.js';
import type { Revision } from './revision.js';

/** The device first: from then on nothing keeps it for the release of the context, which calls into its driver. */
const teedev_close_context = fn(
  'void teedev_close_context(struct tee_context *ctx)',
  { file: 'drivers/tee/tee_core.c' },
  [run('tee_device_put(ctx->teedev)'), run('teedev_ctx_put(ctx)')],
);

/** The base with the order of puts that it had before commit f18397ab3ae2. */
export const teeCloseContext5_16: Revision = {
  id: 'tee-close-context-5.16',
  title: 'TEE contexts closed in the wrong order, Linux 5.16',
  base: 'v6.12',
  kernel: '6.12.117',
  source: 'drivers/tee/tee_core.c, teedev_close_context, before commit f18397ab3ae2 (5.17-rc1)',
  omits: ['Everything else that changed between 5.16 and 6.12.'],
  functions: [teedev_close_context],
  tables: [],
  types: [],
  subsystem: 'tee',
};
