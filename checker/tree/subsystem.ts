/**
 * What of a kernel tree belongs to a subsystem whose scenarios exist. Files are lifted in this order; those that a patch adds or changes
 * below `directory` come after them.
 */
export interface Subsystem {
  readonly id: string;
  readonly title: string;
  readonly directory: string;
  readonly files: readonly string[];
  /** Built-in revision whose functions stand in for what is not lifted. */
  readonly base: string;
  /** Global that `THIS_MODULE` points to. */
  readonly thisModule: string;
}

export const teeSubsystem: Subsystem = {
  id: 'tee',
  title: 'Trusted execution environments',
  directory: 'drivers/tee/',
  files: ['drivers/tee/tee_core.c', 'drivers/tee/tee_shm.c', 'drivers/tee/tee_shm_pool.c'],
  base: 'v6.12',
  thisModule: 'tee_module',
};

export const subsystems: readonly Subsystem[] = [teeSubsystem];
