/** Where the number of each component stands in a packed state. */
export interface Layout {
  /** 32-bit words of a packed state. */
  readonly width: number;
  /** By component: the word it is in, its lowest bit there, and its mask before shifting; 0 bits for one that never changes. */
  readonly word: Int32Array;
  readonly shift: Int32Array;
  readonly mask: Int32Array;
}

/**
 * Packs components of so many contents each, as few bits as they need, none across two words. `room` is the number of contents that each is to have
 * room for; one that has a single content takes no place.
 */
export function layoutFor(room: Int32Array): Layout {
  const bits = Array.from(room, (count) => (count <= 1 ? 0 : 32 - Math.clz32(count - 1)));
  const order = bits.map((_, component) => component).sort((a, b) => bits[b]! - bits[a]! || a - b);
  const free: number[] = [];
  const layout = {
    word: new Int32Array(room.length),
    shift: new Int32Array(room.length),
    mask: new Int32Array(room.length),
  };
  for (const component of order) {
    const need = bits[component]!;
    if (need === 0) continue;
    let at = free.findIndex((left) => left >= need);
    if (at < 0) {
      at = free.length;
      free.push(32);
    }
    layout.word[component] = at;
    layout.shift[component] = 32 - free[at]!;
    layout.mask[component] = need === 32 ? -1 : (1 << need) - 1;
    free[at]! -= need;
  }
  return { width: Math.max(1, free.length), ...layout };
}
