import type { CType } from '../../program/cType.js';
import type { Expression } from '../../program/expression.js';
import type { SemanticType } from '../declarations/semanticType.js';
import type { Draft } from './emitter.js';

/** A local variable or parameter as C names it, with its place: the program's name differs where C shadows. */
export interface Local {
  readonly expression: Expression;
  readonly type: SemanticType;
  readonly ctype: CType;
}

/** What must happen when control leaves a block. */
export interface Cleanup {
  /** Makes the statements anew for each exit. */
  readonly statements: () => readonly Draft[];
}

interface Scope {
  readonly names: Map<string, Local>;
  readonly cleanups: Cleanup[];
  /** `break` and `continue` end here. */
  readonly loop: LoopLabels | null;
  /** Number of the block, for labels. */
  readonly block: number;
}

export interface LoopLabels {
  /** Null inside a `switch`: `continue` belongs to a loop further out. */
  readonly continueLabel: string | null;
  readonly breakLabel: string;
}

/** The blocks that are open, with their names, cleanups and loops. */
export class LocalScopes {
  private readonly scopes: Scope[] = [];
  private blocks = 0;

  enter(loop: LoopLabels | null = null): void {
    this.scopes.push({ names: new Map(), cleanups: [], loop, block: (this.blocks += 1) });
  }

  leave(): readonly Cleanup[] {
    return this.scopes.pop()!.cleanups;
  }

  declare(cName: string, local: Local): void {
    this.scopes.at(-1)!.names.set(cName, local);
  }

  lookup(cName: string): Local | null {
    for (let index = this.scopes.length - 1; index >= 0; index -= 1) {
      const found = this.scopes[index]!.names.get(cName);
      if (found) return found;
    }
    return null;
  }

  addCleanup(cleanup: Cleanup): void {
    this.scopes.at(-1)!.cleanups.push(cleanup);
  }

  get depth(): number {
    return this.scopes.length;
  }

  /** Cleanups of the innermost blocks down to `depth` open ones, in the order in which they run. */
  cleanupsDownTo(depth: number): readonly Cleanup[] {
    return this.scopes
      .slice(depth)
      .reverse()
      .flatMap((scope) => [...scope.cleanups].reverse());
  }

  /** Where `break` or `continue` goes, and the depth of the blocks that stay open; null outside loops. */
  loopTarget(which: 'break' | 'continue'): { readonly label: string; readonly depth: number } | null {
    for (let index = this.scopes.length - 1; index >= 0; index -= 1) {
      const loop = this.scopes[index]!.loop;
      const label = which === 'break' ? loop?.breakLabel : loop?.continueLabel;
      if (label !== undefined && label !== null) return { label, depth: index };
    }
    return null;
  }
}
