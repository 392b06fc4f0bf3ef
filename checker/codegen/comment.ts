/** A text that cannot end the comment it is put into: names of files and functions come from the outside. */
export function comment(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\*\//g, '* /');
}
