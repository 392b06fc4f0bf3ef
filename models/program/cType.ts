/**
 * A C type, as far as lifecycles need it. Integer types keep only their name: what C computes in is said by the operations
 * (`Expression`), and every number takes one word.
 */
export type CType =
  | { readonly kind: 'void' }
  /** `int`, `size_t`, `u32`, `bool`, an enum or any other scalar; `name` is the C spelling. */
  | { readonly kind: 'int'; readonly name: string }
  /** `struct tee_device`: `tag` is `'tee_device'`. A typedef that names a cell, such as `refcount_t`, is a struct too. */
  | { readonly kind: 'struct'; readonly tag: string }
  | { readonly kind: 'pointer'; readonly to: CType }
  /** A pointer to a function; its signature is that of the function it points to at run time. */
  | { readonly kind: 'function' }
  /** `length` is a number, or the name of a capacity of the scenario. */
  | { readonly kind: 'array'; readonly of: CType; readonly length: number | string };

/** Typedefs that name a lifecycle cell; everything else ending in `_t` is a scalar. */
const structTypedefs: ReadonlySet<string> = new Set(['refcount_t', 'spinlock_t']);

const ignored = /\b(?:const|volatile|__user|__rcu|__force|unsigned|signed|static|inline)\b/g;

/**
 * Parses the small part of C's declarations that field and parameter types use: `struct x`, `struct x *`, scalars, `fn`
 * for a pointer to a function, and one array suffix, `struct file *[FILES]`.
 *
 * Throws on anything else: type texts are written by hand or printed by the front end, so this is a mistake of ours.
 */
export function parseCType(text: string): CType {
  const array = /^(.*)\[\s*([A-Za-z_0-9.]+)\s*\]\s*$/.exec(text);
  if (array) {
    const length = array[2]!;
    return { kind: 'array', of: parseCType(array[1]!), length: /^\d+$/.test(length) ? Number(length) : length };
  }
  let rest = text.replace(ignored, ' ').trim();
  let stars = 0;
  while (rest.endsWith('*')) {
    stars += 1;
    rest = rest.slice(0, -1).trim();
  }
  let type = parseBase(rest, text);
  for (; stars > 0; stars -= 1) type = { kind: 'pointer', to: type };
  return type;
}

function parseBase(base: string, whole: string): CType {
  const struct = /^struct\s+([A-Za-z_]\w*)$/.exec(base);
  if (struct) return { kind: 'struct', tag: struct[1]! };
  if (base === 'void') return { kind: 'void' };
  if (base === 'fn') return { kind: 'function' };
  if (structTypedefs.has(base)) return { kind: 'struct', tag: base };
  if (base === '' || /^(?:[A-Za-z_]\w*)(?:\s+[A-Za-z_]\w*)*$/.test(base)) return { kind: 'int', name: base || 'int' };
  throw new Error(`cannot read the C type '${whole}'`);
}

/** The C spelling of a type, for messages and printed programs. */
export function printCType(type: CType): string {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'int':
      return type.name;
    case 'struct':
      return structTypedefs.has(type.tag) ? type.tag : `struct ${type.tag}`;
    case 'pointer': {
      const inner = printCType(type.to);
      return inner.endsWith('*') ? `${inner}*` : `${inner} *`;
    }
    case 'function':
      return 'fn';
    case 'array':
      return `${printCType(type.of)}[${type.length}]`;
  }
}
