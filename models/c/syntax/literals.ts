/** An integer constant: its value and what its suffix says. */
export interface IntLiteral {
  readonly value: bigint;
  readonly unsigned: boolean;
  readonly long: boolean;
}

const integer = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)([uUlL]{0,3})$/;

/** Reads `0x1fUL`; null if it is no integer constant (a float, `08`). */
export function intLiteral(text: string): IntLiteral | null {
  const match = integer.exec(text);
  if (!match) return null;
  const digits = match[1]!;
  const octal = /^0\d+$/.test(digits);
  if (octal && /[89]/.test(digits)) return null;
  const suffix = match[2]!.toLowerCase();
  return {
    value: BigInt(octal ? `0o${digits.slice(1)}` : digits),
    unsigned: suffix.includes('u'),
    long: suffix.includes('l'),
  };
}

const simpleEscapes: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  E: 27,
};

/** Value of a character constant as written, quotes and prefix included; several characters as gcc packs them. */
export function charValue(text: string): number {
  const body = text.slice(text.indexOf("'") + 1, text.endsWith("'") ? -1 : undefined);
  let value = 0;
  let count = 0;
  for (const [, hexadecimal, octal, simple, plain] of body.matchAll(
    /\\x([0-9a-fA-F]+)|\\([0-7]{1,3})|\\([^])|([^\\])/gu,
  )) {
    const code =
      hexadecimal !== undefined
        ? Number.parseInt(hexadecimal, 16) & 0xff
        : octal !== undefined
          ? Number.parseInt(octal, 8) & 0xff
          : simple !== undefined
            ? (simpleEscapes[simple] ?? simple.codePointAt(0)!)
            : plain!.codePointAt(0)!;
    value = count === 0 ? code : (value << 8) | code | 0;
    count++;
  }
  // `char` is unsigned in the kernel (`-funsigned-char`, since v6.2).
  return value;
}
