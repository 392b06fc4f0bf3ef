/**
 * What lifting could not represent exactly, with its place. Remarks are never silent: each is counted in the report, and those that
 * change what is explored become `limit` statements or approximations of the program.
 */
export interface Remark {
  readonly file: string;
  readonly function: string;
  readonly line: number;
  /**
   * `note`: exact as far as lifecycles go, worth knowing (a call without a model). `abstracted`: a form of its own, but something in it
   * is opaque. `blocked`: no form; control that gets there ends in a limit.
   */
  readonly level: 'note' | 'abstracted' | 'blocked';
  /** Stable name of the construct, for counting: `opaque call`, `union`, `static local` … */
  readonly kind: string;
  readonly what: string;
}

/** Abstractions that leave effects or values out: control that gets there passes a limit, so that nothing is said to hold. */
const incomplete: ReadonlySet<string> = new Set([
  'bytes',
  'opaque pointer',
  'opaque struct',
  'array initialiser',
  'copied cell',
]);

export function isIncomplete(kind: string): boolean {
  return incomplete.has(kind);
}
