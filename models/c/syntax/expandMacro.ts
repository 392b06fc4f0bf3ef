/** A token of a macro's body, or a run of white space. */
const pieces = /[A-Za-z_$][\w$]*|\.?\d(?:[\w.]|[eEpP][-+])*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|##|\s+|[^]/g;

/**
 * Replaces a use of a function-like macro by its body: parameters substituted (`#x`, `a##b`, `__VA_ARGS__`, `, ##args`), not
 * rescanned. `args` are texts. Null if the number of arguments does not fit.
 */
export function expandMacro(
  macro: { readonly name: string; readonly parameters: readonly string[] | null; readonly body: string },
  args: readonly string[],
): string | null {
  const values = bind(macro.parameters ?? [], args);
  if (values === null) return null;
  const tokens = macro.body.match(pieces) ?? [];
  const result: string[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token === '##') {
      index = paste(tokens, index, values, result);
    } else if (token === '#' && macro.parameters !== null) {
      const next = skipBlanks(tokens, index + 1);
      const value = values.get(tokens[next] ?? '');
      if (value === undefined) {
        result.push(token);
      } else {
        result.push(stringify(value));
        index = next;
      }
    } else {
      result.push(values.get(token) ?? token);
    }
  }
  return result.join('').trim();
}

function bind(parameters: readonly string[], args: readonly string[]): Map<string, string> | null {
  const last = parameters.at(-1) ?? '';
  const variadic = last.endsWith('...');
  const fixed = variadic ? parameters.length - 1 : parameters.length;
  const given = args.length === 1 && args[0] === '' && parameters.length === 0 ? [] : args;
  const missing = fixed - given.length;
  // `M()` is one empty argument for a macro of one parameter.
  if (missing > (fixed === 1 && given.length === 0 ? 1 : 0) || (!variadic && given.length > fixed)) return null;
  const values = new Map<string, string>();
  for (let index = 0; index < fixed; index++) values.set(parameters[index]!, given[index] ?? '');
  if (variadic) values.set(last === '...' ? '__VA_ARGS__' : last.slice(0, -3).trim(), given.slice(fixed).join(', '));
  return values;
}

/** `a ## b`: no blank between, and `, ## args` loses the comma if there are none. Returns the index of the right operand. */
function paste(tokens: readonly string[], at: number, values: ReadonlyMap<string, string>, result: string[]): number {
  while (result.length > 0 && result.at(-1)!.trim() === '' && result.at(-1) !== '') result.pop();
  const next = skipBlanks(tokens, at + 1);
  const operand = tokens[next] ?? '';
  const value = values.get(operand) ?? operand;
  if (result.at(-1) === ',' && values.has(operand)) {
    if (value === '') result.pop();
    else result.push(' ', value);
  } else {
    result.push(value);
  }
  return next;
}

function skipBlanks(tokens: readonly string[], from: number): number {
  let index = from;
  while (index < tokens.length && tokens[index]!.trim() === '') index++;
  return index;
}

function stringify(value: string): string {
  const normalised = value.trim().replace(/\s+/g, ' ');
  return `"${normalised.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (literal) => literal.replace(/["\\]/g, '\\$&'))}"`;
}
