/**
 * How values are packed into the 32-bit words of a state. The two low bits are the tag, the rest the payload.
 *
 * | tag | value | payload |
 * |---|---|---|
 * | 0 | integer | signed; NULL is 0 and an error pointer is its negative errno, as in C |
 * | 1 | pointer | word address: below `nullPage` derived from NULL, from `constantBase` on a constant, else state memory |
 * | 2 | function | function index + 1 |
 * | 3 | special | 0: uninitialised; above: a number beyond the window, of which only its identity is kept |
 *
 * Object headers, program counters and lifecycle states are stored as integers, so that every word of a state can be
 * scanned for pointers without knowing what it is.
 */
export type Word = number;

export const tagInteger = 0;
export const tagPointer = 1;
export const tagFunction = 2;
const tagSpecial = 3;

/** What a load of memory that was allocated without zeroing, and never written, yields. */
export const uninitialised: Word = 3;

/** The `index`-th number that is too large to be stored: it equals itself and nothing else. */
export const largeNumber = (index: number): Word => ((index + 1) << 2) | tagSpecial;

/** Word addresses below this one are NULL plus an offset; state memory starts here. */
export const nullPage = 1024;

/** Word addresses from here on are constants (ops tables), outside the state. */
export const constantBase = 1 << 24;

/** Largest errno, include/linux/err.h, MAX_ERRNO, v6.12. */
const maxErrno = 4095;

export const integer = (value: number): Word => value << 2;
export const pointer = (address: number): Word => (address << 2) | tagPointer;
export const functionWord = (index: number): Word => ((index + 1) << 2) | tagFunction;

export const tagOf = (word: Word): number => word & 3;
/** Signed payload; for an integer its value, for a pointer its word address. */
export const payloadOf = (word: Word): number => word >> 2;

/** The word address in state memory that a word points at; -1 for any other word, NULL and constants among them. */
export const stateAddressOf = (word: Word): number => {
  const address = payloadOf(word);
  return tagOf(word) === tagPointer && address >= nullPage && address < constantBase ? address : -1;
};

/** `IS_ERR()`: an integer in [-4095, -1]. */
export const isErrorWord = (word: Word): boolean =>
  tagOf(word) === tagInteger && word < 0 && payloadOf(word) >= -maxErrno;

/** Whether a word is a number beyond the window. */
export const isLarge = (word: Word): boolean => tagOf(word) === tagSpecial && word !== uninitialised;
