/** Schedules for each scenario if neither --runs nor --time is given. */
export const defaultRuns = 1000;

/** How many seeds there are: fast-check's are 32 bits wide. */
export const seeds = 2 ** 32;
