import { printNode } from '../../models/program/printProgram.js';
import { printSpan } from '../../models/program/sourceSpan.js';
import { integer } from '../system/word.js';
import { statementsOf } from './codeOrder.js';
import type { Block, ExportModel, Stmt } from './exportModel.js';
import { identifier } from './vocabulary.js';

/** A larger block has a label of its own. */
const maxInlined = 200;

/**
 * Which blocks stand on their own, and which where control comes to them: a label have those to which several ways lead, where a
 * step may begin, where something is chosen, and large ones.
 */
export class CodeText {
  readonly labelled: ReadonlySet<number>;
  private readonly model: ExportModel;

  constructor(model: ExportModel, order: readonly (readonly Block[])[]) {
    this.model = model;
    const ways = new Map<number, number>();
    const labelled = new Set<number>();
    this.labelled = labelled;
    for (const { id, code, instance } of model.blocks) {
      for (const stmt of statementsOf(code ?? [])) {
        if (stmt.kind === 'go') ways.set(stmt.to, (ways.get(stmt.to) ?? 0) + 1);
        if (stmt.kind === 'choose') labelled.add(id);
      }
      const { base } = model.system.threads[instance.thread]!;
      if (model.variables.some(({ at, values }) => at === base && values.includes(integer(id)))) labelled.add(id);
    }
    for (const [id, count] of ways) if (count > 1) labelled.add(id);
    for (const blocks of order)
      for (const block of [...blocks].reverse()) if (this.sizeOf(block) > maxInlined) labelled.add(block.id);
  }

  /** About how many jumps a block makes, with those that stand inside of it. */
  sizeOf({ code }: Block): number {
    let size = 1;
    // Where not everything was seen, there is an arm for what was not, and an assignment may be checked.
    const unseen = this.model.complete ? 0 : 1;
    for (const stmt of statementsOf(code!)) {
      if (stmt.kind === 'match' || stmt.kind === 'choose') size += 2 * (stmt.arms.size + unseen);
      else if (stmt.kind === 'set') size += unseen;
      else if (stmt.kind === 'recycle') size += 4 * this.model.dynamic.length;
      else if (stmt.kind === 'go' && !this.labelled.has(stmt.to)) size += this.sizeOf(this.model.blocks[stmt.to - 1]!);
      else size += 1;
    }
    return size;
  }

  /** Thread, function, number of the node in it, and of the block. */
  label({ id, instance, linked }: Block): string {
    const thread = identifier(this.model.system.threads[instance.thread]!.name);
    const local = linked.id - instance.function.entry;
    return `${thread}_${identifier(instance.function.definition.name)}_${local}_${id}`;
  }

  /** `drivers/tee/tee_core.c:73 teedev_open: mutex_lock(&teedev->mutex)` */
  describe({ linked }: Block): string {
    return `${printSpan(linked.node.span)}: ${printNode(linked.node)}`;
  }

  /** An assignment that never changed anything is not printed, if everything was seen. */
  isPrinted(stmt: Stmt): boolean {
    return !this.model.complete || this.model.effective.has(stmt);
  }

  /** The variables that a step which ends in front of a block has to clear. */
  clearedAt(block: Block): readonly number[] {
    const cleared = this.model.cleared.get(block.id);
    return block.dead.filter((at) => !this.model.complete || cleared?.has(at));
  }

  /** Whether a step that ends in front of a block ever gives memory back; of the end of a thread `-1 - thread`. */
  recycles(block: number): boolean {
    return !this.model.complete || this.model.recycling.has(block);
  }
}
