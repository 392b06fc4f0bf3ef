/** How conditional compilation is decided. */
export interface Configuration {
  /** Value of a symbol: a number, `undefined` for not defined. `reason` goes into the list of decisions. */
  symbol(name: string): { readonly value: number | undefined; readonly reason: string };
}

interface Decision {
  readonly value: number | undefined;
  readonly reason: string;
}

/** Options that exclude what most kernels have, or that change what locks and memory are. Everything else is set. */
const unsetOptions: readonly (readonly [pattern: RegExp, because: string])[] = [
  [/^CONFIG_(?:CPU_BIG_ENDIAN|CPU_BE8|CPU_BE32)$/, 'the machine is little-endian'],
  [/^CONFIG_(?:32BIT|X86_32|ARM)$/, 'the machine has 64 bits'],
  [
    /^CONFIG_(?:LOCKDEP|PROVE_LOCKING|DEBUG_LOCK_ALLOC|LOCK_STAT|PROVE_RCU|PROVE_RCU_LIST)$/,
    'debugging of locks changes them',
  ],
  [
    /^CONFIG_DEBUG_(?:MUTEXES|SPINLOCK|RWSEMS|RT_MUTEXES|WW_MUTEX_SLOWPATH|ATOMIC_SLEEP)$/,
    'debugging of locks changes them',
  ],
  [/^CONFIG_(?:KASAN|KCSAN|KMSAN|KFENCE|UBSAN|KCOV)(?:_|$)/, 'sanitisers replace what they watch'],
  [/^CONFIG_PREEMPT_(?:RT|RT_FULL)$/, 'locks that sleep replace spinning ones'],
  [/^CONFIG_(?:DEBUG_KMEMLEAK|DEBUG_PAGEALLOC|PAGE_POISONING|DEBUG_OBJECTS)(?:_|$)/, 'debugging of memory changes it'],
  [/^CONFIG_(?:UML|COMPILE_TEST|MODVERSIONS)$/, 'not a kernel that runs on hardware'],
  [/^CONFIG_(?:CC_IS_CLANG|LTO_CLANG|CFI_CLANG)(?:_|$)/, 'the compiler is gcc'],
  [/^CONFIG_(?:BROKEN|TINY_RCU|SLUB_TINY|SLOB|NUMA_EMU|M68K|SPARC32)$/, 'no common kernel sets it'],
];

const values = new Map<string, number | undefined>([
  ['__KERNEL__', 1],
  ['__GNUC__', 13],
  ['__GNUC_MINOR__', 0],
  ['GCC_VERSION', 130000],
  ['CONFIG_GCC_VERSION', 130000],
  ['CONFIG_CLANG_VERSION', 0],
  ['__STDC__', 1],
  ['__STDC_VERSION__', 201112],
  ['__LP64__', 1],
  ['_LP64', 1],
  ['BITS_PER_LONG', 64],
  ['__BITS_PER_LONG', 64],
  ['__SIZEOF_INT128__', 16],
  ['__SIZEOF_LONG__', 8],
  ['__SIZEOF_POINTER__', 8],
  ['__CHAR_BIT__', 8],
  ['__LITTLE_ENDIAN', 1234],
  ['__BIG_ENDIAN', undefined],
  ['__LITTLE_ENDIAN_BITFIELD', 1],
  ['__BYTE_ORDER', 1234],
  ['__BYTE_ORDER__', 1234],
  ['__ORDER_LITTLE_ENDIAN__', 1234],
  ['__ORDER_BIG_ENDIAN__', 4321],
  ['CONFIG_PAGE_SHIFT', 12],
  ['PAGE_SHIFT', 12],
  ['PAGE_SIZE', 4096],
  ['CONFIG_HZ', 250],
  ['HZ', 250],
  ['USER_HZ', 100],
  ['MSEC_PER_SEC', 1_000],
  ['USEC_PER_SEC', 1_000_000],
  ['NSEC_PER_SEC', 1_000_000_000],
  ['TICK_NSEC', 4_000_000],
  ['CONFIG_NR_CPUS', 64],
  ['NR_CPUS', 64],
  ['CONFIG_NODES_SHIFT', 6],
  ['NODES_SHIFT', 6],
  ['MAX_NUMNODES', 64],
  ['CONFIG_PGTABLE_LEVELS', 4],
  ['CONFIG_BASE_SMALL', 0],
  ['CONFIG_CC_VERSION_TEXT', 1],
  ['LINUX_VERSION_CODE', (6 << 16) | (12 << 8)],
]);

/** Beside the configuration: the compiler and the machine. */
function fixedSymbol(name: string): Decision | null {
  if (!values.has(name)) return null;
  const value = values.get(name);
  return { value, reason: value === undefined ? `policy: ${name} is not defined` : `policy: ${name} is ${value}` };
}

/**
 * The policy without a `.config`: every `CONFIG_` symbol is 1 (built in), except those in a table that stand for another kind of
 * machine or for debugging that replaces what is checked; a 64-bit little-endian machine compiled by gcc. Nothing else is
 * defined but what the file defines.
 */
export function defaultConfiguration(): Configuration {
  return {
    symbol(name) {
      const fixed = fixedSymbol(name);
      if (fixed) return fixed;
      if (!name.startsWith('CONFIG_')) return { value: undefined, reason: `${name} is not defined here` };
      if (name.endsWith('_MODULE')) return { value: undefined, reason: `policy: nothing is built as a module` };
      for (const [pattern, because] of unsetOptions) {
        if (pattern.test(name)) return { value: undefined, reason: `policy: ${name} is not set: ${because}` };
      }
      return { value: 1, reason: 'policy: CONFIG_ symbols are set' };
    },
  };
}

/** Decides by the text of a `.config`: `CONFIG_X=y`, `=m`, a number or a string. What is not in it is not set. */
export function configurationFromFile(text: string): Configuration {
  const settings = new Map<string, string>();
  for (const match of text.matchAll(/^(CONFIG_\w+)=(.*?)\r?$/gm)) settings.set(match[1]!, match[2]!);
  return {
    symbol(name) {
      if (!name.startsWith('CONFIG_'))
        return fixedSymbol(name) ?? { value: undefined, reason: `${name} is not defined here` };
      const asModule = name.endsWith('_MODULE') ? settings.get(name.slice(0, -'_MODULE'.length)) : undefined;
      if (asModule === 'm') return { value: 1, reason: `.config: ${name.slice(0, -'_MODULE'.length)}=m` };
      const setting = settings.get(name);
      if (setting === undefined || setting === 'n' || setting === 'm') {
        const reason = setting === 'm' ? `.config: ${name}=m` : `.config: ${name} is not set`;
        return { value: undefined, reason };
      }
      const reason = `.config: ${name}=${setting}`;
      if (setting === 'y') return { value: 1, reason };
      return { value: /^(?:0x[\da-f]+|-?\d+)$/i.test(setting) ? Number(setting) : 1, reason };
    },
  };
}
