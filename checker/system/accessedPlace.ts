import { localsOfOperand, operandsOf } from '../../models/program/checkProgram.js';
import type { CType } from '../../models/program/cType.js';
import type { Operand } from '../../models/program/program.js';
import type { LinkedFunction, LinkedNode, LinkedSystem } from './linkedSystem.js';

/** A field of a struct by its static type: what a violation is about where no object is known. */
export interface StaticPlace {
  /** Struct tag, or '' if the type does not tell. */
  readonly tag: string;
  /** Dotted path of the field, or '' for the whole struct. */
  readonly cell: string;
}

const nowhere: StaticPlace = { tag: '', cell: '' };

/** What the pointer that a node follows leads to: `box.data` for `box->data = 1`, the ops slot for an indirect call. */
export function accessedPlace(system: LinkedSystem, { id, node, function: fn }: LinkedNode): StaticPlace {
  const [tag, ...path] = system.slotNames.get(id)?.split('.') ?? [];
  if (tag !== undefined) return { tag, cell: path.join('.') };
  switch (node.kind) {
    case 'load':
    case 'store':
    case 'await':
      return placeOf(system, fn, node.address);
    case 'event':
      return placeOf(system, fn, node.cell);
    case 'free':
      return placeOf(system, fn, node.pointer);
    default:
      return nowhere;
  }
}

/** Where a node has the value from that `isSuspect` is true for: the field that one of its locals was loaded from. */
export function sourcePlace(
  system: LinkedSystem,
  { node, function: fn }: LinkedNode,
  isSuspect: (local: string) => boolean,
): StaticPlace {
  const names = operandsOf(node).flatMap(localsOfOperand).filter(isSuspect);
  for (const name of names) {
    for (const load of fn.program.nodes) {
      if (load.kind === 'load' && load.dst === name) return placeOf(system, fn, load.address);
    }
  }
  return nowhere;
}

function placeOf(system: LinkedSystem, fn: LinkedFunction, address: Operand): StaticPlace {
  switch (address.kind) {
    case 'member': {
      const { tag, cell } = placeOf(system, fn, address.base);
      return { tag, cell: [cell, ...address.path].filter((part) => part !== '').join('.') };
    }
    case 'element':
    case 'offset': {
      const { tag, cell } = placeOf(system, fn, address.base);
      return { tag, cell: `${cell}[]` };
    }
    case 'containerOf':
      return { tag: address.tag, cell: '' };
    case 'local':
      return { tag: pointedTag(fn.types.get(address.name)), cell: '' };
    case 'symbol': {
      const object = system.objects.find((candidate) => candidate.static && candidate.name === address.name);
      return { tag: object?.tag ?? system.tableTags.get(address.name) ?? '', cell: '' };
    }
    case 'int':
    case 'unary':
    case 'binary':
    case 'convert':
      return nowhere;
  }
}

function pointedTag(type: CType | undefined): string {
  return type?.kind === 'pointer' && type.to.kind === 'struct' ? type.to.tag : '';
}
