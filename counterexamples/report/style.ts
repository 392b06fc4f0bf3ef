/** How words stand out on a terminal. Without colour all of them are left as they are. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly good: (text: string) => string;
  readonly unsure: (text: string) => string;
}

const plain = (text: string): string => text;

/** ANSI SGR sequences (ECMA-48, 8.3.117), or nothing. */
export function styleFor(colour: boolean): Style {
  if (!colour) return { bold: plain, dim: plain, bad: plain, good: plain, unsure: plain };
  const sgr = (code: number, end: number) => (text: string) => `\u001b[${code}m${text}\u001b[${end}m`;
  return { bold: sgr(1, 22), dim: sgr(2, 22), bad: sgr(31, 39), good: sgr(32, 39), unsure: sgr(33, 39) };
}
