/** A word for a POSIX shell: as it is, or in single quotes where it has characters with a meaning. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
