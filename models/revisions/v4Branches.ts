/** One way through a condition of the patch. */
export interface PatchBranch {
  /** Name of the branch in the audit of the patch: A for tee_rstmem_alloc, B for its ioctl. */
  readonly id: string;
  readonly function: string;
  /** Line of the condition in the patched file. */
  readonly line: number;
  /** Whether the condition of the C text is true. */
  readonly taken: boolean;
  /** Line of the first statement with an effect that this way leads to (a goto has none). */
  readonly next: number;
  /** How it comes about, in a few words. */
  readonly what: string;
}

/** Branches of v4's two new functions that a complete set of scenarios has to take. */
export const v4Branches: readonly PatchBranch[] = [
  { id: 'A0', function: 'tee_rstmem_alloc', line: 135, taken: true, next: 136, what: 'the device has no users left' },
  {
    id: 'A1',
    function: 'tee_rstmem_alloc',
    line: 138,
    taken: true,
    next: 140,
    what: 'the driver lacks the operations',
  },
  { id: 'A2', function: 'tee_rstmem_alloc', line: 145, taken: true, next: 146, what: 'no memory for the object' },
  { id: 'A3', function: 'tee_rstmem_alloc', line: 158, taken: true, next: 159, what: 'no id' },
  { id: 'A4', function: 'tee_rstmem_alloc', line: 164, taken: true, next: 165, what: 'the driver refuses' },
  { id: 'A5', function: 'tee_rstmem_alloc', line: 172, taken: true, next: 173, what: 'the id cannot be published' },
  { id: 'A6', function: 'tee_rstmem_alloc', line: 182, taken: true, next: 183, what: 'the export fails' },
  { id: 'A7', function: 'tee_rstmem_alloc', line: 182, taken: false, next: 187, what: 'success' },
  {
    id: 'B1',
    function: 'tee_ioctl_rstmem_alloc',
    line: 828,
    taken: true,
    next: 829,
    what: 'the argument cannot be read',
  },
  { id: 'B2', function: 'tee_ioctl_rstmem_alloc', line: 831, taken: true, next: 832, what: 'the reserved use case' },
  { id: 'B3', function: 'tee_ioctl_rstmem_alloc', line: 836, taken: true, next: 837, what: 'the allocation fails' },
  { id: 'B4', function: 'tee_ioctl_rstmem_alloc', line: 838, taken: true, next: 839, what: 'the id cannot be written' },
  { id: 'B5', function: 'tee_ioctl_rstmem_alloc', line: 843, taken: true, next: 847, what: 'no file descriptor' },
  { id: 'B6', function: 'tee_ioctl_rstmem_alloc', line: 843, taken: false, next: 845, what: 'success' },
];
