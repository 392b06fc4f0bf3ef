import type { Revision } from './revision.js';
import { rstmemBufOps, v4, v4Functions, v4Tables } from './v4.js';

/** Operations that only refuse; the dma-buf core does the same when they are absent. */
const stubs: ReadonlySet<string> = new Set(['mmap', 'begin_cpu_access', 'end_cpu_access']);
const stubFunctions = new Set(
  Object.entries(rstmemBufOps.fields).flatMap(([field, value]) => (stubs.has(field) ? [value] : [])),
);

/** What the review of v4 asked for: no mmap, and then no CPU access either (as v5 has it). */
export const v4NoStubs: Revision = {
  ...v4,
  id: 'v4-no-stubs',
  title: `${v4.title}, without mmap and CPU access`,
  source: `${v4.source}; the change that the review of it asks for`,
  functions: v4Functions.filter(({ name }) => !stubFunctions.has(name)),
  tables: v4Tables.map((table) =>
    table === rstmemBufOps
      ? {
          ...rstmemBufOps,
          fields: Object.fromEntries(Object.entries(rstmemBufOps.fields).filter(([field]) => !stubs.has(field))),
        }
      : table,
  ),
};
