/** Name of the table of open files of a process, which its threads share. */
export function filesOf(process: string): string {
  return `files of ${process}`;
}
