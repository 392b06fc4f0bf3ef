/**
 * The outcome of something that can fail as a matter of course: parsing, linking, reading a file.
 *
 * Expected failure is data and is returned; throwing is for what cannot happen. There are no combinators on purpose:
 * `if (!result.ok) return result` reads well enough, and TypeScript narrows the rest.
 */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** Success. The error type is `never`, so the result fits any `Result<T, E>`. */
export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

/** Failure. The value type is `never`, so the result fits any `Result<T, E>`. */
export function err<E>(error: E): Result<never, E> {
  return { ok: false, error };
}
