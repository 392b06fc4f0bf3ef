import type { Layout } from './layout.js';

/** The numbers of the components of packed states of one form, and back. */
export interface LayoutCode {
  /** Writes the number of each component that has a place in the form from `from[at…]` to `into`. */
  readonly unpack: (from: Int32Array, at: number, into: Int32Array) => void;
  /** Packs numbers, all of which the form has room for, to `into[at…]`. */
  readonly pack: (numbers: Int32Array, into: Int32Array, at: number) => void;
}

/** The functions of a form as loops: slower, and made at once. */
export function loopsOf(layout: Layout): LayoutCode {
  const { word, shift, mask, width } = layout;
  const components = Int32Array.from(componentsOf(layout));
  return {
    unpack: (from, at, into) => {
      for (const component of components)
        into[component] = (from[at + word[component]!]! >>> shift[component]!) & mask[component]!;
    },
    pack: (numbers, into, at) => {
      for (let index = 0; index < width; index += 1) into[at + index] = 0;
      for (const component of components) into[at + word[component]!]! |= numbers[component]! << shift[component]!;
    },
  };
}

/**
 * The functions of a form, as straight-line JavaScript with the places as constants: this is what a search does most, and several times
 * as fast as a loop that looks the places up.
 */
export function compileLayout(layout: Layout): LayoutCode {
  const { word, shift, mask, width } = layout;
  const inWord = Array.from({ length: width }, (_, at) =>
    componentsOf(layout).filter((component) => word[component] === at),
  );
  const fieldOf = (component: number): string => {
    const low = shift[component] === 0 ? 'w' : `w >>> ${shift[component]}`;
    return mask[component] === -1 ? `into[${component}] = w;` : `into[${component}] = (${low}) & ${mask[component]};`;
  };
  const unpack = inWord.map((components, at) => `w = from[at + ${at}]; ${components.map(fieldOf).join(' ')}`);
  const pack = inWord.map((components, at) => {
    const fields = components.map((component) => `(numbers[${component}] << ${shift[component]})`);
    return `into[at + ${at}] = ${fields.join(' | ') || '0'};`;
  });
  return {
    unpack: compile<LayoutCode['unpack']>('from, at, into', ['let w = 0;', ...unpack]),
    pack: compile<LayoutCode['pack']>('numbers, into, at', pack),
  };
}

/**
 * Writes the state at `source[at…]` in one form to `target[start…]` in another, which has a place for all that the first one has a place
 * for.
 */
export type Conversion = (source: Int32Array, at: number, target: Int32Array, start: number) => void;

export function conversionOf(from: Layout, to: Layout): Conversion {
  const [before, after] = [loopsOf(from), loopsOf(to)];
  const numbers = new Int32Array(from.mask.length);
  let compiled: Conversion | null = null;
  let states = 0;
  return (source, at, target, start) => {
    states += 1;
    if (states === worthCompiling) compiled = compileConversion(from, to);
    if (compiled) {
      compiled(source, at, target, start);
      return;
    }
    before.unpack(source, at, numbers);
    after.pack(numbers, target, start);
  };
}

/** So many states are converted by loops before code is made for it. */
const worthCompiling = 500;

function compileConversion(from: Layout, to: Layout): Conversion {
  const components = componentsOf(from);
  const words = Array.from({ length: to.width }, (_, at) => {
    const fields = components
      .filter((component) => to.word[component] === at)
      .map((component) => {
        const word = `w${from.word[component]}`;
        const low = from.shift[component] === 0 ? word : `(${word} >>> ${from.shift[component]})`;
        return `((${low} & ${from.mask[component]}) << ${to.shift[component]})`;
      });
    return `target[start + ${at}] = ${fields.join(' | ') || '0'};`;
  });
  const loads = Array.from({ length: from.width }, (_, at) => `const w${at} = source[at + ${at}];`);
  return compile<Conversion>('source, at, target, start', [...loads, ...words]);
}

/** Components that have a place in a form: those with more than one content, in the order of their words. */
function componentsOf({ mask, word }: Layout): number[] {
  const components = Array.from(mask.keys()).filter((component) => mask[component] !== 0);
  return components.sort((a, b) => word[a]! - word[b]!);
}

function compile<T>(parameters: string, lines: readonly string[]): T {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text consists of numbers and the words above
  return new Function(parameters, lines.join('\n')) as T;
}
