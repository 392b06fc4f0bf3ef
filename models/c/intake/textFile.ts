/** A line of a file that patches may have touched. */
export interface TextLine {
  readonly text: string;
  /** A patch added it, or put it in the place of another. */
  readonly added: boolean;
  /** Where that patch has it; null and 0 for a line of the tree. */
  readonly inputName: string | null;
  readonly inputLine: number;
}

/** A file as lines; an empty file has none. */
export interface TextFile {
  readonly lines: readonly TextLine[];
  /** The last line ends with a newline. True of an empty file. */
  readonly finalNewline: boolean;
}

/** The file that a text of the tree is. Carriage returns stay part of the lines. */
export function textFile(text: string): TextFile {
  const finalNewline = text === '' || text.endsWith('\n');
  const lines = text.split('\n');
  if (finalNewline) lines.pop();
  return { lines: lines.map((line) => ({ text: line, added: false, inputName: null, inputLine: 0 })), finalNewline };
}

/** The inverse of {@link textFile}. */
export function printTextFile({ lines, finalNewline }: TextFile): string {
  if (lines.length === 0) return '';
  return lines.map(({ text }) => text).join('\n') + (finalNewline ? '\n' : '');
}
