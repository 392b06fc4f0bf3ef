import type { FunctionDefinition } from './functionDefinition.js';
import { printStatement } from './printStatement.js';
import type { Statement } from './statement.js';

/** One change of a body: the statement that prints as `find` is replaced by `by` (which may contain it again, or be empty). */
export interface Edit {
  /** As `printStatement` prints it, for example `teedev_ctx_get(ctx)`. */
  readonly find: string;
  /** Which of several, from 0 in textual order; without it there must be exactly one. */
  readonly occurrence?: number;
  readonly by: (found: Statement) => readonly Statement[];
}

/**
 * A changed copy of a function: what a mutant, or a revision that differs in a line, is made with.
 *
 * Throws if an edit finds nothing, or several statements and no `occurrence` to choose by; edits apply one after the other.
 */
export function editFunction(definition: FunctionDefinition, edits: readonly Edit[]): FunctionDefinition {
  return edits.reduce((edited, edit) => ({ ...edited, body: applyEdit(edited, edit) }), definition);
}

function applyEdit(definition: FunctionDefinition, edit: Edit): readonly Statement[] {
  let seen = 0;
  const visit = (body: readonly Statement[]): readonly Statement[] =>
    body.flatMap((statement) => {
      if (printStatement(statement) === edit.find) {
        seen += 1;
        if (edit.occurrence === undefined || edit.occurrence === seen - 1) return edit.by(statement);
      }
      return [inside(statement, visit)];
    });
  const body = visit(definition.body);
  if (seen === 0) throw new Error(`${definition.name} has no statement '${edit.find}'`);
  if (edit.occurrence === undefined && seen > 1)
    throw new Error(`${definition.name} has ${seen} statements '${edit.find}': say which`);
  if (edit.occurrence !== undefined && edit.occurrence >= seen)
    throw new Error(`${definition.name} has only ${seen} statements '${edit.find}'`);
  return body;
}

/** The statement with its inner bodies changed. */
function inside(statement: Statement, change: (body: readonly Statement[]) => readonly Statement[]): Statement {
  switch (statement.kind) {
    case 'if':
      return { ...statement, then: change(statement.then), otherwise: change(statement.otherwise) };
    case 'while':
    case 'block':
      return { ...statement, body: change(statement.body) };
    case 'choose':
      return {
        ...statement,
        alternatives: statement.alternatives.map((alternative) => ({ ...alternative, body: change(alternative.body) })),
      };
    default:
      return statement;
  }
}
