import { operandsOf } from '../../models/program/checkProgram.js';
import type { Operand, Program } from '../../models/program/program.js';
import type { OpsTable } from '../../models/types/opsTable.js';

/** Which functions a call through a pointer may reach, without regard to what runs before. */
export class IndirectCallees {
  private readonly programs: ReadonlyMap<string, Program>;
  private readonly tables: readonly OpsTable[];
  private readonly named = new Set<string>();

  constructor(programs: ReadonlyMap<string, Program>, tables: readonly OpsTable[]) {
    this.programs = programs;
    this.tables = tables;
    for (const { nodes } of programs.values()) {
      for (const node of nodes) for (const operand of operandsOf(node)) this.note(operand);
    }
    for (const { fields } of tables) {
      for (const value of Object.values(fields)) if (typeof value === 'string') this.named.add(value);
    }
  }

  /** `slot` is `tag.field` of the ops table that the pointer comes from; without one, every function whose address is taken counts. */
  of(slot: string | null, args: number): string[] {
    const inSlot = this.tables.flatMap(({ type, fields }) =>
      Object.entries(fields).flatMap(([field, value]) =>
        typeof value === 'string' && slot === `${type}.${field}` ? [value] : [],
      ),
    );
    const known = inSlot.length > 0 ? inSlot : [...this.named];
    return known.filter((name) => this.programs.get(name)?.definition.parameters.length === args);
  }

  private note(operand: Operand): void {
    switch (operand.kind) {
      case 'symbol':
        this.named.add(operand.name);
        return;
      case 'member':
      case 'containerOf':
        return this.note(operand.base);
      case 'element':
      case 'offset':
        this.note(operand.base);
        return this.note(operand.index);
      case 'unary':
      case 'convert':
        return this.note(operand.operand);
      case 'binary':
        this.note(operand.left);
        return this.note(operand.right);
      case 'int':
      case 'local':
        return;
    }
  }
}
