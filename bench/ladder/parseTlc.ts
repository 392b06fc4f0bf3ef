/**
 * What TLC printed in the end: distinct states, and transitions, which are the states it generated less the initial ones; null
 * if it did not come to its end.
 */
export function parseTlc(text: string): { readonly states: number; readonly transitions: number } | null {
  const initial = /Finished computing initial states: ([\d,]+) (?:distinct )?states? generated/.exec(text);
  const found = /^([\d,]+) states generated, ([\d,]+) distinct states found, 0 states left on queue/m.exec(text);
  if (!found) return null;
  const number = (digits: string) => Number(digits.replaceAll(',', ''));
  return { states: number(found[2]!), transitions: number(found[1]!) - (initial ? number(initial[1]!) : 1) };
}
