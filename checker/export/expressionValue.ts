import { headerShared, headerState } from '../system/header.js';
import {
  constantBase,
  integer,
  isErrorWord,
  isLarge,
  nullPage,
  payloadOf,
  pointer,
  tagInteger,
  tagOf,
  tagPointer,
} from '../system/word.js';
import { ExportError } from './exportError.js';
import type { Expr } from './exportModel.js';

const one = integer(1);

/** The value of an expression, as a word. `live`: state of the memory lifecycle of an allocated object. */
export function evaluate(expr: Expr, words: (at: number) => number, live: number): number {
  const value = (of: Expr) => evaluate(of, words, live);
  switch (expr.kind) {
    case 'constant':
      return expr.value;
    case 'variable':
      return words(expr.at);
    case 'displaced':
      return displace(value(expr.base), expr.by);
    case 'isZero':
      return value(expr.of) === 0 ? one : 0;
    case 'isSet':
      return value(expr.of) === 0 ? 0 : one;
    case 'isError':
      return isErrorWord(value(expr.of)) ? one : 0;
    case 'isNegative': {
      const word = value(expr.of);
      if (isLarge(word)) throw new ExportError('a number beyond the window is compared');
      return tagOf(word) === tagInteger && word < 0 ? one : 0;
    }
    case 'isPointer': {
      const word = value(expr.of);
      const at = payloadOf(word);
      return tagOf(word) === tagPointer && at >= nullPage && at < constantBase ? one : 0;
    }
    case 'isSame':
      return value(expr.left) === value(expr.right) ? one : 0;
    case 'and':
      return value(expr.left) !== 0 && value(expr.right) !== 0 ? one : 0;
    case 'or':
      return value(expr.left) !== 0 || value(expr.right) !== 0 ? one : 0;
    case 'isLive':
      return (payloadOf(words(expr.header)) & headerState) === live ? one : 0;
    case 'isShared':
      return (payloadOf(words(expr.header)) & headerShared) === 0 ? 0 : one;
  }
}

/** `&base->field`, for one value of the base. */
export function displace(base: number, by: number): number {
  if (base === 0) return pointer(by);
  if (tagOf(base) !== tagPointer) return base;
  const moved = payloadOf(base) + by;
  return moved === 0 ? 0 : pointer(moved);
}

/** The variables that an expression reads. */
export function readsOf(expr: Expr): readonly number[] {
  switch (expr.kind) {
    case 'constant':
      return [];
    case 'variable':
      return [expr.at];
    case 'displaced':
      return readsOf(expr.base);
    case 'isZero':
    case 'isSet':
    case 'isError':
    case 'isNegative':
    case 'isPointer':
      return readsOf(expr.of);
    case 'isSame':
    case 'and':
    case 'or':
      return [...readsOf(expr.left), ...readsOf(expr.right)];
    case 'isLive':
    case 'isShared':
      return [expr.header];
  }
}
