/** What would end a comment. */
const ends = /[\r\n\u2028\u2029]|\*\//g;

/** A text that cannot end the comment it is put into: names of files and functions come from the outside. */
export function comment(text: string): string {
  return text.replace(ends, ' ');
}
