/** Where a node of a program comes from. */
export interface SourceSpan {
  /** Path inside the kernel tree, for example `drivers/tee/tee_core.c`. */
  readonly file: string;
  /** The C function, verbatim. */
  readonly function: string;
  /**
   * Line in `file`, 1-based: for code of a patch the line in the patched file. Absent for a hand-written model of code that
   * no patch touches; there file and function are the place.
   */
  readonly line?: number;
  /** Line in the mail that brought the code, 1-based. */
  readonly mailLine?: number;
}

/** `drivers/tee/tee_core.c:831 tee_ioctl_rstmem_alloc`, or without the line where there is none. */
export function printSpan(span: SourceSpan): string {
  const line = span.line === undefined ? '' : `:${span.line}`;
  return `${span.file}${line} ${span.function}`;
}
