/** Names of what `interleaf list` can list, in its order. A new one is a file beside this one and a line in `run/list.ts`. */
export const sectionNames = ['revisions', 'scenarios', 'properties', 'lifecycles', 'kernel'] as const;

export type SectionName = (typeof sectionNames)[number];
