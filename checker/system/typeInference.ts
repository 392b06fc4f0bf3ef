import type { CType } from '../../models/program/cType.js';
import { printCType } from '../../models/program/cType.js';
import type { Operand, Program } from '../../models/program/program.js';
import { printOperand } from '../../models/program/printProgram.js';
import type { StructType } from '../../models/types/structType.js';
import { boxPrefix } from '../../models/program/lowerFunction.js';
import { parseCType } from '../../models/program/cType.js';
import { LinkError } from './linkError.js';

const int: CType = { kind: 'int', name: 'int' };

/** What the names of a system mean, as types. */
export interface TypeEnvironment {
  /** Struct type by tag; boxed locals included; null if there is none. */
  struct(tag: string): StructType | null;
  /** Type of a symbol used as a value: a pointer for globals and tables; null if the name is unknown. */
  symbol(name: string): CType | null;
  /** Return type of a function, null if unknown. */
  returns(name: string): CType | null;
}

/** A struct lookup that also knows the memory of address-taken locals (`lowerFunction`). */
export function withBoxes(structs: ReadonlyMap<string, StructType>): (tag: string) => StructType | null {
  const boxes = new Map<string, StructType>();
  return (tag) => {
    const known = structs.get(tag) ?? boxes.get(tag);
    if (known) return known;
    if (!tag.startsWith(boxPrefix)) return null;
    const box: StructType = {
      tag,
      source: 'a local variable',
      fields: [{ name: 'value', type: parseCType(tag.slice(boxPrefix.length)) }],
    };
    boxes.set(tag, box);
    return box;
  };
}

/** Types of all variables of a program: declared ones, and temporaries from the node that defines them. */
export function inferVariableTypes(program: Program, environment: TypeEnvironment): Map<string, CType> {
  const types = new Map<string, CType>();
  for (const { name, type } of program.variables) if (type) types.set(name, type);
  // A temporary is defined before it is used on every path, and nodes are numbered in emission order, so one pass is enough
  // except across loops; a second pass settles those.
  for (let pass = 0; pass < 2; pass += 1) {
    for (const node of program.nodes) {
      if (!('dst' in node) || node.dst === null || types.has(node.dst)) continue;
      if (node.kind === 'load') {
        const address = typeOfOperand(node.address, types, environment, program.definition.name);
        types.set(node.dst, address.kind === 'pointer' ? address.to : int);
      } else if (node.kind === 'call') types.set(node.dst, environment.returns(node.callee) ?? int);
      else if (node.kind === 'assign')
        types.set(node.dst, typeOfOperand(node.value, types, environment, program.definition.name));
      else types.set(node.dst, int);
    }
  }
  return types;
}

/** The static type of an operand. Throws `LinkError` for a member of something that is no struct. */
export function typeOfOperand(
  operand: Operand,
  types: ReadonlyMap<string, CType>,
  environment: TypeEnvironment,
  where: string,
): CType {
  switch (operand.kind) {
    case 'int':
    case 'unary':
    case 'binary':
      return int;
    case 'convert': {
      // A pointer keeps its type on the way through `unsigned long`.
      const type = typeOfOperand(operand.operand, types, environment, where);
      return type.kind === 'pointer' ? type : int;
    }
    case 'local':
      return types.get(operand.name) ?? int;
    case 'symbol': {
      const type = environment.symbol(operand.name);
      if (!type)
        throw new LinkError(
          `${where}: the name '${operand.name}' is neither a local nor a known function, global or constant`,
        );
      return type;
    }
    case 'member': {
      let type = pointee(typeOfOperand(operand.base, types, environment, where));
      for (const field of operand.path) type = memberType(type, field, environment, where, operand);
      return { kind: 'pointer', to: type };
    }
    case 'element': {
      const base = pointee(typeOfOperand(operand.base, types, environment, where));
      return { kind: 'pointer', to: base.kind === 'array' ? base.of : base };
    }
    case 'offset':
      return typeOfOperand(operand.base, types, environment, where);
    case 'containerOf':
      return { kind: 'pointer', to: { kind: 'struct', tag: operand.tag } };
  }
}

/** The field, by struct tag and name, that an address leads to; null if it is no field's. */
export function fieldAt(
  address: Operand,
  types: ReadonlyMap<string, CType>,
  environment: TypeEnvironment,
  where: string,
): { readonly tag: string; readonly name: string } | null {
  if (address.kind !== 'member') return null;
  const path = [...address.path];
  const name = path.pop()!;
  let type = pointee(typeOfOperand(address.base, types, environment, where));
  for (const field of path) type = memberType(type, field, environment, where, address);
  return type.kind === 'struct' ? { tag: type.tag, name } : null;
}

/** What a pointer points to; `void` for what is no pointer. */
export function pointee(type: CType): CType {
  return type.kind === 'pointer' ? type.to : { kind: 'void' };
}

/** The type of one field; throws `LinkError` with the struct's fields if it has none of that name. */
export function memberType(
  type: CType,
  field: string,
  environment: TypeEnvironment,
  where: string,
  operand: Operand,
): CType {
  if (type.kind !== 'struct') {
    throw new LinkError(
      `${where}: '${printOperand(operand)}' takes the field '${field}' of a value of type '${printCType(type)}'`,
    );
  }
  const struct = environment.struct(type.tag);
  const found = struct?.fields.find((candidate) => candidate.name === field);
  if (!found) {
    const known = struct
      ? `it has ${struct.fields.map((candidate) => candidate.name).join(', ') || 'no fields'}`
      : 'there is no such struct type';
    throw new LinkError(
      `${where}: struct ${type.tag} has no field '${field}' (${known})`,
      'add the field in models/types',
    );
  }
  return found.type;
}
