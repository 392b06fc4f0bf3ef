/** Instructions in the binary format of WebAssembly; what is left on the stack is what the expression is worth. */
export type Code = readonly number[];

/** A function with 32-bit integer parameters, locals and at most one result. */
export interface WasmFunction {
  readonly parameters: number;
  readonly results: 0 | 1;
  /** Beside the parameters; numbered after them. */
  readonly locals: number;
  /** Locals that are 64-bit floating-point numbers, numbered last; none if it is not said. */
  readonly doubles?: number;
  readonly body: Code;
  /** Under this name it can be called from outside; absent for those that only others of the module call. */
  readonly name?: string;
}

/**
 * A module of functions that share one imported memory (`env.memory`), as bytes: WebAssembly Core Specification 1.0 (W3C, 2019), chapter 5.
 * Functions call each other by their position. Encoded directly: loading an assembler takes longer than most searches.
 */
export function encodeModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, results }) => [
    0x60,
    ...vector(Array.from({ length: parameters }, () => [i32])),
    ...vector(Array.from({ length: results }, () => [i32])),
  ]);
  const exported = functions.flatMap(({ name }, index) =>
    name === undefined ? [] : [[...text(name), kindFunction, ...unsigned(index)]],
  );
  const bodies = functions.map(({ locals, doubles = 0, body }) => {
    const declared = [
      [...unsigned(locals), i32],
      [...unsigned(doubles), f64],
    ];
    const bytes = [...vector(declared), ...body, endOfBlock];
    return [...unsigned(bytes.length), ...bytes];
  });
  const importedMemory = [
    ...text('env'),
    ...text('memory'),
    kindMemory,
    sharedMemory,
    ...unsigned(1),
    ...unsigned(maxPages),
  ];
  const sections: readonly (readonly [number, readonly Code[]])[] = [
    [1, types],
    [2, [importedMemory]],
    [3, functions.map((_, index) => unsigned(index))],
    [7, exported],
    [10, bodies],
  ];
  const bytes = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  for (const [id, items] of sections) {
    const content = vector(items);
    bytes.push(id, ...unsigned(content.length));
    for (const byte of content) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

const i32 = 0x7f;
const f64 = 0x7c;
const kindFunction = 0;
const kindMemory = 2;
/** With a maximum, and shared (the proposal for threads). */
const sharedMemory = 3;
const maxPages = 65_536;
const endOfBlock = 0x0b;

function vector(items: readonly Code[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(name: string): number[] {
  const bytes = [...new TextEncoder().encode(name)];
  return [...unsigned(bytes.length), ...bytes];
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let left = value >>> 0;
  for (; left > 0x7f; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  bytes.push(left);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let left = value | 0;
  for (;;) {
    const byte = left & 0x7f;
    left >>= 7;
    if ((left === 0 && (byte & 0x40) === 0) || (left === -1 && (byte & 0x40) !== 0)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

// ---- expressions ----

export const constant = (value: number): Code => [0x41, ...signed(value)];
export const get = (local: number): Code => [0x20, ...unsigned(local)];

/** The 32-bit word at an address, plus so many bytes. */
export const load = (address: Code, offset = 0): Code => [...address, 0x28, 2, ...unsigned(offset)];

/** The word at an address, in the one order of all atomic accesses; what its writer wrote before shows too (the proposal for threads). */
export const atomicLoad = (address: Code): Code => [...address, 0xfe, 0x10, 2, 0];
/** Replaces the word at an address if it is as expected, at once; what it was before. Ordered as `atomicLoad` is. */
export const compareExchange = (address: Code, expected: Code, replacement: Code): Code => [
  ...address,
  ...expected,
  ...replacement,
  0xfe,
  0x48,
  2,
  0,
];

const binary =
  (opcode: number) =>
  (left: Code, right: Code): Code => [...left, ...right, opcode];
export const equal = binary(0x46);
export const lessUnsigned = binary(0x49);
export const lessSigned = binary(0x48);
export const greaterUnsigned = binary(0x4b);
export const add = binary(0x6a);
export const subtract = binary(0x6b);
export const multiply = binary(0x6c);
export const and = binary(0x71);
export const or = binary(0x72);
export const xor = binary(0x73);
export const shiftLeft = binary(0x74);
export const shiftRight = binary(0x76);

const unary =
  (opcode: number) =>
  (operand: Code): Code => [...operand, opcode];
export const isZero = unary(0x45);
/** The place of the lowest bit. */
export const lowestBit = unary(0x68);

export const doubleConstant = (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
export const multiplyDoubles = binary(0xa2);
/** Of an unsigned number. */
export const toDouble = unary(0xb8);
/** Of a double that is an unsigned number when what is behind the point is left out. */
export const truncated = unary(0xab);

/** All bits turned over. */
export const not = (mask: Code): Code => xor(mask, constant(-1));
export const choose = (ifTrue: Code, ifFalse: Code, condition: Code): Code => [
  ...ifTrue,
  ...ifFalse,
  ...condition,
  0x1b,
];
export const callFunction = (index: number, ...operands: readonly Code[]): Code => [
  ...operands.flat(),
  0x10,
  ...unsigned(index),
];

// ---- statements ----

export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const store = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  0x36,
  2,
  ...unsigned(offset),
];

/** `exit(n)` inside leaves it. Depth 0 is the innermost block, loop or condition. */
export const block = (...body: readonly Code[]): Code => [0x02, 0x40, ...body.flat(), endOfBlock];
/** `exit(n)` inside begins it again; it ends where its body does. */
export const loop = (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), endOfBlock];
export const when = (condition: Code, ...body: readonly Code[]): Code => [
  ...condition,
  0x04,
  0x40,
  ...body.flat(),
  endOfBlock,
];
export const exit = (depth: number): Code => [0x0c, ...unsigned(depth)];
export const exitIf = (depth: number, condition: Code): Code => [...condition, 0x0d, ...unsigned(depth)];
export const giveBack = (value: Code): Code => [...value, 0x0f];

// ---- running ----

/** What is used of WebAssembly; the types of Node do not declare it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: object } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

/** The functions that a module exports, running on this memory. */
export function instantiate<Exports>(bytes: Uint8Array<ArrayBuffer>, memory: object): Exports {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return instance.exports as Exports;
}
