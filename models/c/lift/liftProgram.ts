import type { CType } from '../../program/cType.js';
import { parseCType, printCType } from '../../program/cType.js';
import type { FunctionDefinition } from '../../program/functionDefinition.js';
import { lowerFunction } from '../../program/lowerFunction.js';
import type { Variable } from '../../program/statement.js';
import type { OpsTable } from '../../types/opsTable.js';
import type { StructType } from '../../types/structType.js';
import type { Declarations, GlobalVariable } from '../declarations/declarations.js';
import type { SemanticType } from '../declarations/semanticType.js';
import { HeaderCache } from '../declarations/headerCache.js';
import { openDeclarations } from '../declarations/openDeclarations.js';
import type { KernelTree, PatchedFile } from '../intake/tree.js';
import { TreeError } from '../intake/treeError.js';
import type { Expression, FunctionItem, SyntaxProblem, TranslationUnit } from '../syntax/ast.js';
import type { Configuration } from '../syntax/parse.js';
import { parseTranslationUnit } from '../syntax/parse.js';
import type { AnyNode } from '../syntax/visitTree.js';
import { visitTree } from '../syntax/visitTree.js';
import type { Callee } from './callees.js';
import { withDirectResults } from './directResults.js';
import type { FileScope } from './fileScope.js';
import { initialValuesOf } from './initialValues.js';
import type { LiftedBody } from './functionLifter.js';
import { liftFunction } from './functionLifter.js';
import type { TableContext } from './opsTables.js';
import { liftTable } from './opsTables.js';
import type { Remark } from './remark.js';
import { isIncomplete } from './remark.js';
import { semanticOf, TypeCollector } from './typeMap.js';
import { visitExpressions, visitInside, withoutUnusedFields } from './unusedFields.js';
import type { Place } from './value.js';
import { name as nameExpression } from './value.js';
import type { Vocabulary } from './vocabulary.js';

export interface LiftRequest {
  readonly tree: KernelTree;
  /** C files to lift, in the order in which names are looked up. Every function of theirs is lifted. */
  readonly files: readonly string[];
  readonly vocabulary: Vocabulary;
  readonly configuration: Configuration;
  /** Functions that others call: lifted also if they are static inline in a header and none of the files calls them. */
  readonly wanted?: readonly string[];
  /** Files that a patch touches; see `PatchedTree.patched`. */
  readonly patched?: ReadonlyMap<string, PatchedFile | null>;
}

/** A function of the source as a program. */
export interface LiftedFunction {
  readonly definition: FunctionDefinition;
  readonly remarks: readonly Remark[];
  /** First and last line in the file. */
  readonly line: number;
  readonly endLine: number;
  /** Lines of the patch inside it. */
  readonly patchedLines: readonly number[];
}

export interface LiftResult {
  readonly functions: readonly LiftedFunction[];
  readonly tables: readonly OpsTable[];
  /** Types that the models do not have, or not like this. */
  readonly types: readonly StructType[];
  /** File-scope variables by name, with their types; see `Scenario.globals`. */
  readonly globals: Readonly<Record<string, string>>;
  /** What file-scope variables are before anything runs; see `Revision.initialValues`. */
  readonly initialValues: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  /** About tables and variables; those about functions are with them. */
  readonly remarks: readonly Remark[];
  readonly problems: readonly SyntaxProblem[];
  /** Signature of a function pointer in a struct, for example of an operation that somebody has to supply; null if there is none. */
  operation(tag: string, field: string): OperationSignature | null;
  /** The files as parsed. */
  readonly units: ReadonlyMap<string, TranslationUnit>;
}

export interface OperationSignature {
  readonly returns: CType;
  readonly parameters: readonly Variable[];
}

/** Lifts the functions of C files, and the static inline functions of headers that they use. Never throws for what the source contains. */
export function liftProgram(request: LiftRequest): LiftResult {
  return new ProgramLifter(request).lift();
}

/** Where a function's source is. */
interface Source {
  readonly item: FunctionItem;
  readonly file: string;
  /** Declarations in force there: those of the C file that includes a header. */
  readonly declarations: Declarations;
  readonly programName: string;
}

class ProgramLifter {
  private readonly request: LiftRequest;
  private readonly types: TypeCollector;
  private readonly units = new Map<string, TranslationUnit>();
  private readonly declarations = new Map<string, Declarations>();
  /** By program name. */
  private readonly sources = new Map<string, Source>();
  /** Program names by file and C name. */
  private readonly names = new Map<string, Map<string, string>>();
  private readonly external = new Map<string, string>();
  /** Static functions of the files, as `file name`. */
  private readonly statics = new Set<string>();
  private readonly bodies = new Map<string, LiftedBody>();
  private readonly tables = new Map<string, OpsTable>();
  private readonly globals: Record<string, string> = {};
  /** What has no form in tables and first values, by program name. */
  private readonly incomplete = new Map<string, string>();
  private readonly initialValues: Record<string, Readonly<Record<string, string | number>>> = {};
  private readonly variableNames = new Map<string, string>();
  private readonly standIns = new Map<bigint, number>();
  private readonly remarks: Remark[] = [];
  private readonly problems: SyntaxProblem[] = [];
  private readonly queue: string[] = [];

  constructor(request: LiftRequest) {
    this.request = request;
    this.types = new TypeCollector(request.vocabulary);
  }

  lift(): LiftResult {
    this.parse();
    this.nameFunctions();
    for (const name of [...this.sources.keys()]) this.queue.push(name);
    for (const name of this.request.wanted ?? []) this.findInHeaders(name);
    for (const [file, unit] of this.units) this.liftFileTables(file, unit);
    for (let name = this.queue.shift(); name !== undefined; name = this.queue.shift()) this.liftOne(name);
    const types = this.types.types();
    const names = [...this.bodies.keys()];
    const { kernel, environment } = this.request.vocabulary;
    const others = [...kernel.values(), ...environment.values()].map((definition) => definition.body);
    const bodies = withoutUnusedFields(
      names.map((name) => this.bodies.get(name)!.body),
      others,
      types,
      (union) => this.types.isMixed(union),
    );
    for (const declarations of this.declarations.values()) this.problems.push(...declarations.problems);
    return {
      functions: names.map((name, index) => this.finished(name, bodies[index]!)),
      tables: [...this.tables.values()],
      types,
      globals: this.globals,
      initialValues: this.initialValues,
      remarks: this.remarks,
      problems: this.problems,
      units: this.units,
      operation: (tag, field) => this.operation(tag, field),
    };
  }

  private operation(tag: string, field: string): OperationSignature | null {
    for (const declarations of this.declarations.values()) {
      const type = declarations.record(tag)?.fields.find(({ name }) => name === field)?.type;
      if (type?.kind !== 'pointer' || type.to.kind !== 'function') continue;
      const { returns, parameters } = type.to;
      return {
        returns: this.types.ctype(returns, declarations),
        parameters: parameters.map(({ name, type: parameter }, index) => ({
          name: name ?? `argument${index + 1}`,
          type: this.types.ctype(parameter, declarations),
        })),
      };
    }
    return null;
  }

  private parse(): void {
    const { tree, files, configuration } = this.request;
    const cache = new HeaderCache(tree, configuration);
    for (const file of files) {
      let text: string | null;
      try {
        text = tree.read(file);
      } catch (error) {
        if (!(error instanceof TreeError)) throw error;
        this.problems.push(problem(file, error.message));
        continue;
      }
      if (text === null) {
        this.problems.push(problem(file, 'there is no such file'));
        continue;
      }
      // Typedefs of headers decide what is a cast: they are asked while the file itself is parsed.
      const first = parseTranslationUnit(text, { file, configuration });
      const known = openDeclarations(tree, file, first, { configuration, cache });
      const unit = parseTranslationUnit(text, { file, configuration, isTypeName: (name) => known.isTypeName(name) });
      this.units.set(file, unit);
      this.declarations.set(file, openDeclarations(tree, file, unit, { configuration, cache }));
      this.problems.push(...unit.problems);
    }
  }

  /** Functions of C files get their own names; a static one of a name that is taken gets its file's too. */
  private nameFunctions(): void {
    for (const [file, unit] of this.units) {
      const names = new Map<string, string>();
      this.names.set(file, names);
      for (const item of unit.items) {
        if (item.kind !== 'function') continue;
        const isStatic = item.storage.includes('static');
        const { kernel, environment } = this.request.vocabulary;
        // A static function is its file's own, also if a model has its name.
        const isTaken =
          this.sources.has(item.name) || (isStatic && (kernel.has(item.name) || environment.has(item.name)));
        const programName = isTaken ? `${item.name} (${file})` : item.name;
        if (isStatic) this.statics.add(`${file} ${item.name}`);
        if (names.has(item.name)) {
          this.problems.push(problem(file, `${item.name} is defined twice: the last definition counts`, item.line));
        }
        names.set(item.name, programName);
        if (!isStatic) this.external.set(item.name, programName);
        this.sources.set(programName, { item, file, declarations: this.declarations.get(file)!, programName });
      }
    }
  }

  private calleeIn(file: string, declarations: Declarations): (name: string) => Callee {
    const { vocabulary } = this.request;
    return (name) => {
      if (this.statics.has(`${file} ${name}`)) return { kind: 'source', name: this.names.get(file)!.get(name)! };
      const kernel = vocabulary.kernel.get(name);
      if (kernel) return { kind: 'kernel', definition: kernel };
      const own = this.names.get(file)?.get(name) ?? this.external.get(name);
      if (own !== undefined) return { kind: 'source', name: own };
      const inHeader = declarations.functionBody(name);
      if (inHeader) return { kind: 'source', name: this.inlineFunction(inHeader.item, inHeader.file, declarations) };
      const macro = declarations.macro(name);
      if (macro) return { kind: 'macro', macro };
      const environment = vocabulary.environment.get(name);
      return environment ? { kind: 'environment', definition: environment } : { kind: 'unknown' };
    };
  }

  private findInHeaders(name: string): void {
    if (this.sources.has(name)) return;
    for (const declarations of this.declarations.values()) {
      const found = declarations.functionBody(name);
      if (!found) continue;
      this.queue.push(this.inlineFunction(found.item, found.file, declarations));
      return;
    }
  }

  private inlineFunction(item: FunctionItem, file: string, declarations: Declarations): string {
    const taken = this.sources.get(item.name);
    const programName = taken && taken.file !== file ? `${item.name} (${file})` : item.name;
    if (!this.sources.has(programName)) {
      this.sources.set(programName, { item, file, declarations, programName });
    }
    return programName;
  }

  private liftOne(programName: string): void {
    if (this.bodies.has(programName)) return;
    const source = this.sources.get(programName);
    if (!source) return;
    const { item, file, declarations } = source;
    const body = liftFunction({
      item,
      file,
      declarations,
      types: this.types,
      vocabulary: this.request.vocabulary,
      scope: this.scopeOf(item.name, file, declarations),
      callee: this.calleeIn(file, declarations),
      mailLines: this.request.patched?.get(file)?.inputLines ?? null,
    });
    this.bodies.set(programName, checked(programName, file, body, item.line));
    for (const used of body.uses) if (!this.bodies.has(used)) this.queue.push(used);
  }

  // ---- file-scope variables ----

  private scopeOf(functionName: string, file: string, declarations: Declarations): FileScope {
    const { configuration } = this.request;
    return {
      functionName,
      isRedefined: (macro) => this.units.get(file)?.redefined.has(macro) ?? false,
      isStaticFunction: (name) => this.statics.has(`${file} ${name}`),
      global: (name) => this.globalPlace(name, file, declarations),
      staticLocal: (variable) => this.staticLocal(functionName, variable, file, declarations),
      standIn: (value) => this.standIn(value),
      parseOptions: { file, configuration, isTypeName: (name) => declarations.isTypeName(name) },
    };
  }

  /** A variable of a function that outlives its calls; two of the same name in different blocks are two. */
  private staticLocal(functionName: string, variable: GlobalVariable, file: string, declarations: Declarations): Place {
    const key = `${file} ${functionName}.${variable.name} ${variable.line}`;
    let programName = this.variableNames.get(key);
    if (programName === undefined) {
      const taken = new Set(this.variableNames.values());
      const wanted = `${functionName}.${variable.name}`;
      programName = taken.has(wanted) ? `${wanted} (${file}:${variable.line})` : wanted;
      this.variableNames.set(key, programName);
    }
    return this.variable(programName, variable, file, declarations);
  }

  private standIn(value: bigint): number {
    if (Number.isSafeInteger(Number(value))) return Number(value);
    const known = this.standIns.get(value) ?? 2 ** 53 * (this.standIns.size + 2);
    this.standIns.set(value, known);
    return known;
  }

  private globalPlace(name: string, file: string, declarations: Declarations): Place | null {
    const { vocabulary } = this.request;
    const variable = declarations.variable(name);
    const known = vocabulary.globals[name];
    if (known !== undefined) {
      const ctype = parseCType(known);
      // The models' variable, unless this version of the source has something else under its name.
      if (variable?.type.kind === 'pointer' && ctype.kind === 'struct')
        return this.makeGlobal(`${name} (${file})`, variable.type, this.types.ctype(variable.type, declarations));
      return globalOf(name, variable?.type ?? semanticOf(ctype), ctype);
    }
    if (!variable || variable.type.kind === 'function') return null;
    return this.variable(this.variableName(name, variable, file), variable, file, declarations);
  }

  private variable(programName: string, variable: GlobalVariable, file: string, declarations: Declarations): Place {
    const ctype = this.types.ctype(variable.type, declarations);
    if (variable.type.kind === 'record' && this.isTable(variable.name, variable, file)) {
      if (ctype.kind === 'struct') this.table(programName, ctype.tag, variable, file, declarations);
      return this.told(programName, { expression: nameExpression(programName), type: variable.type, ctype });
    }
    return this.told(programName, this.makeGlobal(programName, variable.type, ctype, { variable, file, declarations }));
  }

  private told(programName: string, place: Place): Place {
    const incomplete = this.incomplete.get(programName);
    return incomplete === undefined ? place : { ...place, incomplete };
  }

  private variableName(name: string, variable: GlobalVariable, file: string): string {
    const key = variable.isStatic ? `${file} ${name}` : name;
    const known = this.variableNames.get(key);
    if (known !== undefined) return known;
    const taken = new Set(this.variableNames.values());
    const free = taken.has(name) ? `${name} (${file})` : name;
    this.variableNames.set(key, free);
    return free;
  }

  /**
   * Whether a variable with a list of members is a table that nobody writes. Operations are often not `const`: then they count if the
   * file neither assigns to them nor hands their address to a function.
   */
  private isTable(name: string, { isConst, isStatic, initialiser }: GlobalVariable, file: string): boolean {
    if (initialiser?.kind !== 'list') return false;
    if (isConst) return true;
    const unit = this.units.get(file);
    const namesFunctions = initialiser.elements.some(
      ({ value }) =>
        value.kind === 'expression' &&
        value.value.kind === 'name' &&
        this.names.get(file)?.has(value.value.name) === true,
    );
    return isStatic && namesFunctions && unit !== undefined && !isWritten(name, unit);
  }

  /** A variable that changes: memory of the system. */
  private makeGlobal(programName: string, type: SemanticType, ctype: CType, from?: VariableSource): Place {
    if (!(programName in this.globals)) {
      this.globals[programName] =
        ctype.kind === 'array' ? this.types.aroundArray(programName, ctype) : printCType(ctype);
      if (from) this.initialise(programName, ctype, from);
    }
    return globalOf(programName, type, ctype);
  }

  private initialise(programName: string, ctype: CType, { variable, file, declarations }: VariableSource): void {
    const { initialiser, defined, line } = variable;
    if (!defined) {
      const what = `${programName} is defined elsewhere: it starts as 0`;
      this.remark(variable.file, line, 'note', 'extern variable', what);
    }
    if (initialiser === null || (ctype.kind === 'struct' && this.types.isCell(ctype.tag))) return;
    const skipped = (what: string) => {
      this.remark(variable.file, line, 'note', 'initial value', `${programName}: ${what}; it starts as 0`);
      this.incomplete.set(programName, `the first values of ${programName}: ${what}`);
    };
    const context = this.tableContext(file, declarations);
    const lifted = initialValuesOf(variable.type, ctype, initialiser, context);
    this.initialValues[programName] = lifted.values;
    this.queue.push(...lifted.functions);
    for (const other of lifted.variables) this.globalPlace(other, file, declarations);
    for (const what of lifted.skipped) skipped(what);
  }

  private tableContext(file: string, declarations: Declarations): TableContext {
    return {
      declarations,
      types: this.types,
      vocabulary: this.request.vocabulary,
      callee: this.calleeIn(file, declarations),
      nameOf: (name) => {
        const found = declarations.variable(name);
        return found ? this.variableName(name, found, file) : name;
      },
    };
  }

  private liftFileTables(file: string, unit: TranslationUnit): void {
    const declarations = this.declarations.get(file)!;
    for (const item of unit.items) {
      if (item.kind !== 'declaration') continue;
      for (const { name, initialiser } of item.names)
        if (initialiser?.kind === 'list') this.globalPlace(name, file, declarations);
    }
  }

  private table(
    programName: string,
    tag: string,
    variable: GlobalVariable,
    file: string,
    declarations: Declarations,
  ): void {
    if (this.tables.has(programName)) return;
    this.tables.set(programName, { name: programName, type: tag, fields: {}, file: variable.file });
    const lifted = liftTable(programName, tag, variable, this.tableContext(file, declarations));
    const patched = this.request.patched?.get(variable.file)?.addedLines.includes(variable.line) ?? false;
    this.tables.set(programName, { ...lifted.table, ...(patched ? { patched } : {}) });
    for (const used of lifted.functions) this.queue.push(used);
    for (const other of lifted.variables) this.globalPlace(other, file, declarations);
    for (const skipped of lifted.skipped) {
      this.remark(variable.file, variable.line, 'note', 'table field', `${programName}: ${skipped}`);
      this.incomplete.set(programName, `the table ${programName}: ${skipped}`);
    }
  }

  private remark(file: string, line: number, level: Remark['level'], kind: string, what: string): void {
    this.remarks.push({ file, function: '', line, level, kind, what });
  }

  // ---- results ----

  private finished(programName: string, statements: FunctionDefinition['body']): LiftedFunction {
    const { item, file } = this.sources.get(programName)!;
    const lifted = this.bodies.get(programName)!;
    const body = withDirectResults(statements, new Set(lifted.locals.map(({ name }) => name)));
    const added = this.request.patched?.get(file)?.addedLines ?? [];
    const patchedLines = added.filter((line) => line >= item.line && line <= item.endLine);
    const approximations = lifted.remarks
      .filter((remark) => remark.level === 'abstracted')
      .map(({ kind, what, line }) => ({ direction: directionOf(kind), what: `line ${line}: ${what}` }));
    const definition: FunctionDefinition = {
      name: programName,
      file,
      origin: patchedLines.length > 0 ? 'patch' : 'tree',
      returns: lifted.returns,
      parameters: lifted.parameters,
      locals: usedLocals(lifted.locals, body),
      body,
      ...(patchedLines.length > 0 ? { patched: true, patchedLines } : {}),
      ...(approximations.length > 0 ? { approximations } : {}),
    };
    return { definition, remarks: lifted.remarks, line: item.line, endLine: item.endLine, patchedLines };
  }
}

/** A file-scope variable and where it was found. */
interface VariableSource {
  readonly variable: GlobalVariable;
  readonly file: string;
  readonly declarations: Declarations;
}

/** Whether a file assigns to a variable or its members, or passes its address to a function. */
function isWritten(name: string, unit: TranslationUnit): boolean {
  const rootOf = (expression: Expression): string | null => {
    if (expression.kind === 'name') return expression.name;
    if (expression.kind === 'member' && !expression.arrow) return rootOf(expression.base);
    return expression.kind === 'index' ? rootOf(expression.base) : null;
  };
  let written = false;
  const look = (node: AnyNode) => {
    const tree = node as Expression;
    if (tree.kind === 'assign' && rootOf(tree.place) === name) written = true;
    if (tree.kind === 'increment' && rootOf(tree.operand) === name) written = true;
    if (tree.kind !== 'call') return;
    for (const argument of tree.args) {
      const value = argument.kind === 'expression' ? argument.value : null;
      if (value?.kind === 'unary' && value.operator === '&' && rootOf(value.operand) === name) written = true;
    }
  };
  for (const item of unit.items) if (item.kind === 'function') visitTree(item.body, look);
  return written;
}

/** A global variable. The linker keeps one that is no struct as the member `value` of a struct. */
function globalOf(programName: string, type: SemanticType, ctype: CType): Place {
  const expression = nameExpression(programName);
  if (ctype.kind === 'struct') return { expression, type, ctype };
  return { expression: { kind: 'member', base: expression, field: 'value', arrow: false }, type, ctype };
}

/** What is left out makes fewer behaviours, what is unknown makes more. */
function directionOf(kind: string): 'under' | 'over' {
  const under = ['static local', 'managed memory', 'variadic function', 'one processor'];
  return isIncomplete(kind) || under.includes(kind) ? 'under' : 'over';
}

/** The body as it is if a program can be made of it; else a limit stands for it, with a remark. */
function checked(name: string, file: string, lifted: LiftedBody, line: number): LiftedBody {
  try {
    lowerFunction({ name, file, origin: 'tree', ...lifted });
    return lifted;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const remark: Remark = { file, function: name, line, level: 'blocked', kind: 'no program', what };
    return {
      ...lifted,
      locals: [],
      body: [{ kind: 'limit', what, ends: true, line }],
      remarks: [...lifted.remarks, remark],
    };
  }
}

function usedLocals(locals: readonly Variable[], body: FunctionDefinition['body']): Variable[] {
  const named = new Set<string>();
  for (const statement of body)
    visitExpressions(statement, (expression) =>
      visitInside(expression, (inner) => {
        if (inner.kind === 'name') named.add(inner.name);
      }),
    );
  return locals.filter(({ name }) => named.has(name));
}

function problem(file: string, message: string, line = 0): SyntaxProblem {
  return { file, line, column: 0, severity: 'error', message, function: null };
}
