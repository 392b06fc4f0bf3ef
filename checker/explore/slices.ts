/** Work in slices: it yields whenever somebody else may be let in, and returns what came of it. */
export type Slices<T> = Generator<void, T, void>;

/** Does all of it at once. */
export function atOnce<T>(slices: Slices<T>): T {
  for (;;) {
    const slice = slices.next();
    if (slice.done) return slice.value;
  }
}

/** Does it with breaks, in which this thread's timers, signals and messages have their turn. */
export async function withBreaks<T>(slices: Slices<T>): Promise<T> {
  for (;;) {
    const slice = slices.next();
    if (slice.done) return slice.value;
    await takeBreak();
  }
}

export function takeBreak(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
