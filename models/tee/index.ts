import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { OpsTable } from '../types/opsTable.js';
import { clientFunctions } from './clientApi.js';
import { contextFunctions } from './context.js';
import { deviceFunctions, deviceTables } from './device.js';
import { environmentFunctions, environmentTables } from './environment.js';
import { fileTables, ioctlFunctions } from './ioctl.js';
import { poolFunctions, poolTables } from './pool.js';
import { shmFunctions } from './shm.js';

/** The TEE subsystem of v6.12, and the driver below it. */
export const teeFunctions: readonly FunctionDefinition[] = [
  ...deviceFunctions,
  ...contextFunctions,
  ...shmFunctions,
  ...poolFunctions,
  ...ioctlFunctions,
  ...clientFunctions,
  ...environmentFunctions,
];

/** Its ops tables, and those of the driver. */
export const teeTables: readonly OpsTable[] = [...deviceTables, ...fileTables, ...poolTables, ...environmentTables];

export { teeConstants } from './constants.js';
export { teeGlobals, teeTypes } from './types.js';
