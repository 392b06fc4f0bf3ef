import type { PropertyId } from '../models/program/propertyId.js';

/** A violation makes a verdict; a note is told and changes neither verdict nor exit code. */
export type Severity = 'violation' | 'note';

/** What a property needs in order to be more than vacuously true: something of this must have run. */
export type Exercise =
  /** An event of a lifecycle was applied, for example `['mutex', 'lock']`. */
  | { readonly kind: 'event'; readonly lifecycle: string; readonly events: readonly string[] }
  /** A function of one of these names was called. */
  | { readonly kind: 'call'; readonly functions: readonly string[] }
  /** A node of this kind ran. */
  | {
      readonly kind: 'node';
      readonly nodes: readonly ('alloc' | 'free' | 'load' | 'store' | 'callIndirect' | 'await')[];
    }
  /** Any run exercises it. */
  | { readonly kind: 'always' };

/** One thing that must hold. */
export interface Property {
  readonly id: PropertyId;
  readonly severity: Severity;
  readonly group: 'safety' | 'end of run' | 'progress' | 'interface';
  /** What must hold, one line, for `interleaf list properties`. */
  readonly title: string;
  /** Why it holds in correct kernel code, and what goes wrong otherwise. */
  readonly why: string;
  /** Where that is documented: kernel file, function or document, and version. */
  readonly source: string;
  readonly exercisedBy: readonly Exercise[];
}
