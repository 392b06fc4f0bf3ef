import { contextFunctions } from '../tee/context.js';
import type { Revision } from './revision.js';
import { teeCloseContext5_16 } from './teeCloseContext5_16.js';

/** The same after commit f18397ab3ae2, which is the order that the base has. */
export const teeCloseContext5_17: Revision = {
  ...teeCloseContext5_16,
  id: 'tee-close-context-5.17',
  title: 'TEE contexts closed in the right order, Linux 5.17',
  base: 'tee-close-context-5.16',
  source: 'drivers/tee/tee_core.c, teedev_close_context, commit f18397ab3ae2 (5.17-rc1)',
  omits: ['Everything else that changed between 5.17 and 6.12.'],
  functions: contextFunctions.filter(({ name }) => name === 'teedev_close_context'),
};
