/** A line of an input, without its line end. */
export interface InputLine {
  readonly text: string;
  /** 1-based line in the input as the user has it. */
  readonly line: number;
}

/**
 * The lines of a text; `firstLine` is the number of the first. A line end at the end of the text does not begin another
 * line. Carriage returns stay: only whoever knows what the lines are can say whether they belong to the line end.
 */
export function splitLines(text: string, firstLine = 1): InputLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => ({ text: line, line: firstLine + index }));
}
