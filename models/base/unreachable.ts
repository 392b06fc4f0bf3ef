/**
 * The end of an exhaustive switch: `default: return unreachable(node)`.
 *
 * A case that is added to the union and forgotten in the switch then does not compile, because what is left is no
 * longer `never`. Throws if reached all the same, which takes a value that escaped the type checker, such as a file
 * that was read without checking it against its schema.
 */
export function unreachable(value: never): never {
  throw new Error(
    `Interleaf reached code that its types rule out, with ${describe(value)}. This is a bug in Interleaf.`,
  );
}

/** A short text for any value at all; the value is wrong by definition, so nothing may be assumed about it. */
function describe(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value); // cyclic, or holds a bigint
  }
}
